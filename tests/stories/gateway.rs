//! Africa's Talking's dialect, on bodies as the gateway posts them.

use kadogo::gateway::africastalking::{
    NAME, decode, encode, parse_end, parse_report, parse_text, parse_ussd, read_answer,
};
use kadogo::gateway::africastalking::{end_form, send_form, text_form, ussd_form};
use kadogo::gateway::dialect::UssdEvent;
use kadogo::gateway::{
    BadCall, Delivery, EndEvent, Ending, SendResult, Text, Typed, UssdCall, Why,
};
use kadogo::phone::Msisdn;
use proptest::prelude::*;

const HOP: &[u8] = b"sessionId=ATUid_11111111111111111111111111111111&serviceCode=*384*1234%23\
&phoneNumber=%2B254700000001&networkCode=63902&text=1*50";

/// A step that is read.
fn step(body: &[u8]) -> Result<UssdCall, BadCall> {
    parse_ussd(body).map(|event| match event {
        UssdEvent::Call(call) => call,
        other => panic!("{other:?}"),
    })
}

fn hop_with(field: &str, value: &str) -> Result<UssdCall, BadCall> {
    let fields = [
        ("sessionId", "ATUid_1"),
        ("serviceCode", "*384*1234%23"),
        ("phoneNumber", "%2B254700000001"),
        ("networkCode", "63902"),
        ("text", ""),
    ];
    let body: Vec<String> = fields
        .iter()
        .map(|(name, usual)| format!("{name}={}", if *name == field { value } else { usual }))
        .collect();
    step(body.join("&").as_bytes())
}

fn without(field: &str) -> Result<UssdCall, BadCall> {
    let body = String::from_utf8(HOP.to_vec()).unwrap();
    let rest: Vec<&str> = body.split('&').filter(|pair| !pair.starts_with(field)).collect();
    step(rest.join("&").as_bytes())
}

#[test]
fn a_hop_is_read() {
    let call = step(HOP).unwrap();
    assert_eq!(call.session, "ATUid_11111111111111111111111111111111");
    assert_eq!(call.service_code, "*384*1234#");
    assert_eq!(call.caller.e164(), "+254700000001");
    assert_eq!(call.network, "63902");
    assert_eq!(call.typed.text(), "1*50");
}

#[test]
fn a_hop_does_not_print_what_was_typed_or_the_number() {
    let call = step(&[HOP, b"*4826"].concat()).unwrap();
    let printed = format!("{call:?}");
    assert!(!printed.contains("4826") && !printed.contains("700000001"), "{printed}");
}

#[test]
fn a_plus_that_nobody_encoded_is_put_back() {
    assert_eq!(hop_with("phoneNumber", "+254700000001").unwrap().caller.e164(), "+254700000001");
    assert_eq!(hop_with("phoneNumber", "%20254700000001").unwrap().caller.e164(), "+254700000001");
    assert_eq!(hop_with("phoneNumber", "254700000001").unwrap().caller.e164(), "+254700000001");
}

#[test]
fn callers_of_other_countries_and_unknown_networks_are_read_too() {
    assert_eq!(hop_with("phoneNumber", "%2B256772000001").unwrap().caller.e164(), "+256772000001");
    assert_eq!(hop_with("networkCode", "00000").unwrap().network, "00000");
    assert_eq!(hop_with("networkCode", "").unwrap().network, "");
}

#[test]
fn what_decides_nothing_may_be_anything() {
    assert_eq!(without("networkCode").unwrap().network, "");
    for odd in ["%00", "%ff", "6&networkCode=7", &"6".repeat(90)] {
        let call = hop_with("networkCode", odd).unwrap();
        assert_eq!((call.network.as_str(), call.typed.text()), ("", ""), "{odd}");
    }
}

#[test]
fn each_missing_field_is_named() {
    for field in ["sessionId", "serviceCode", "phoneNumber", "text"] {
        assert_eq!(without(field), Err(BadCall { field: leak(field), why: Why::Missing }));
    }
    assert_eq!(without("phoneNumber").unwrap_err().to_string(), "field phoneNumber is missing");
}

fn leak(field: &str) -> &'static str {
    Box::leak(field.to_owned().into_boxed_str())
}

#[test]
fn each_garbled_field_is_named() {
    let wrong = |field: &'static str, value: &str| match hop_with(field, value) {
        Err(bad) => {
            assert_eq!(bad.field, field);
            bad.why
        }
        Ok(call) => panic!("{field}={value} was read as {call:?}"),
    };
    assert_eq!(wrong("sessionId", ""), Why::Empty);
    assert_eq!(wrong("sessionId", "a b"), Why::Garbled);
    assert_eq!(wrong("sessionId", &"a".repeat(129)), Why::TooLong);
    assert_eq!(wrong("serviceCode", ""), Why::Empty);
    assert_eq!(wrong("phoneNumber", ""), Why::Empty);
    assert_eq!(wrong("phoneNumber", "Safaricom"), Why::Garbled);
    assert_eq!(wrong("phoneNumber", "0712345678"), Why::Garbled);
    assert_eq!(wrong("phoneNumber", "%2B254"), Why::Garbled);
    assert_eq!(wrong("phoneNumber", &"2".repeat(30)), Why::TooLong);
    assert_eq!(wrong("text", "%ff%fe"), Why::Garbled);
    assert_eq!(wrong("text", "1&text=2"), Why::Twice);
}

#[test]
fn a_long_history_is_read_and_an_endless_one_is_told_apart() {
    let history = |bytes: usize| format!("1*{}", "7".repeat(bytes - 2));
    for bytes in [1_025, 8 * 1_024] {
        let call = hop_with("text", &history(bytes)).unwrap();
        assert_eq!(call.typed.text(), history(bytes));
    }
    // nothing of it is read, so it need not even be readable
    for join in [&b"*"[..], b"*%ff"] {
        let body = [HOP, join, history(8 * 1_024).as_bytes()].concat();
        let Ok(UssdEvent::Endless(call)) = parse_ussd(&body) else { panic!("endless") };
        assert_eq!((call.caller.e164(), call.typed.text()), ("+254700000001", ""));
    }
}

#[test]
fn signs_that_nobody_sees_are_blanks_where_somebody_typed_them() {
    for (typed, read) in [
        ("1%0A", "1 "),
        ("1%0D%0A", "1  "),
        ("%091", " 1"),
        ("1%00", "1 "),
        ("3*Juma%0AAli", "3*Juma Ali"),
        ("1%C2%85*2", "1 *2"),
    ] {
        assert_eq!(hop_with("text", typed).unwrap().typed.text(), read, "{typed}");
    }
}

#[test]
fn what_people_type_comes_through_as_typed() {
    assert_eq!(hop_with("text", "3*Amina+Wanjiku").unwrap().typed.text(), "3*Amina Wanjiku");
    assert_eq!(hop_with("text", "1**%23*").unwrap().typed.text(), "1**#*");
    assert_eq!(hop_with("text", "Zo%C3%A9").unwrap().typed.text(), "Zoé");
}

#[test]
fn an_answer_starts_with_its_word_and_fits_the_alphabet_of_phones() {
    assert_eq!(encode("Karibu\n1. Tuma pesa", true), "CON Karibu\n1. Tuma pesa");
    assert_eq!(encode("\u{feff}  \n Don’t worry\r\n", false), "END Don't worry");
    assert_eq!(encode("", false), "END ");
    assert_eq!(decode("CON 1. Send\n2. Account"), Some(("1. Send\n2. Account", true)));
    assert_eq!(decode("END Bye"), Some(("Bye", false)));
    assert_eq!(decode(" CON x"), None);
    assert_eq!(decode(""), None);
}

#[test]
fn an_end_is_read_without_what_was_typed() {
    let body = b"date=2026-11-22+06%3A00%3A00&sessionId=ATUid_1&serviceCode=*384*1234%23&networkCode=63902\
&phoneNumber=%2B254700000001&status=Incomplete&cost=KES+0.10&durationInMillis=12003&hopsCount=3\
&hopsMetadata=&input=1*50*4826&lastAppResponse=CON+Your+PIN&errorMessage=";
    let end = parse_end(body).unwrap();
    assert_eq!((end.session.as_str(), end.status), ("ATUid_1", Ending::CutOff));
    assert_eq!(
        (end.duration_ms, end.hops, end.cost.as_deref()),
        (Some(12003), Some(3), Some("KES 0.10"))
    );
    assert!(!format!("{end:?}").contains("4826"));
}

#[test]
fn an_end_needs_nothing_but_its_session() {
    let end = parse_end(b"sessionId=s&status=SUCCESS&durationInMillis=soon&hopsCount=-1&cost=0.1")
        .unwrap();
    assert_eq!(
        (end.status, end.duration_ms, end.hops, end.cost.as_deref()),
        (Ending::Closed, None, None, Some("0.1"))
    );
    assert_eq!(parse_end(b"sessionId=s&status=Failed").unwrap().status, Ending::Failed);
    assert_eq!(parse_end(b"sessionId=s&status=Vanished").unwrap().status, Ending::Unknown);
    assert_eq!(
        parse_end(b"status=Success"),
        Err(BadCall { field: "sessionId", why: Why::Missing })
    );
}

#[test]
fn an_end_that_a_phone_posts_is_read_back() {
    for status in [Ending::Closed, Ending::CutOff, Ending::Failed, Ending::Unknown] {
        let cost = Some("KES 0.10".to_owned());
        let end = EndEvent {
            session: "s".to_owned(),
            caller: None,
            status,
            duration_ms: Some(9),
            hops: Some(2),
            cost,
        };
        assert_eq!(
            parse_end(serde_urlencoded::to_string(end_form(&end)).unwrap().as_bytes()),
            Ok(end)
        );
    }
}

fn sms(rest: &str, text: &str) -> Result<Text, BadCall> {
    parse_text(format!("from=%2B254700000001&id=m-1&linkId=l-1&text={text}{rest}").as_bytes())
}

#[test]
fn a_text_is_read_whatever_its_date_and_address() {
    for rest in [
        "",
        "&date=2026-11-22T06%3A00%3A00Z&to=22141",
        "&date=2026-11-22+06:00:00&to=22141&cost=KES+1.00&networkCode=63902",
        "&date=2026-11-22T09:00:00+03:00&to=22141",
        "&date=2026-11-22+09:00:00++03:00",
        "&date=1795327200&to=",
        "&date=22/11/2026&to=%00",
        "&date=Nov+22,+2026&date=yesterday",
        "&date=&to=22141&to=22141",
    ] {
        let text = sms(rest, "SEND+200+0712345678").unwrap();
        assert_eq!((text.id.as_str(), text.from.e164()), ("m-1", "+254700000001"), "{rest}");
        assert_eq!(text.body, "SEND 200 0712345678", "{rest}");
        assert!(!format!("{text:?}").contains("SEND"));
    }
}

#[test]
fn a_text_may_hold_anything() {
    assert_eq!(sms("", "").unwrap().body, "");
    assert_eq!(sms("", "line%0Aend%00%F0%9F%98%80").unwrap().body, "line end 😀");
    let long = sms("", &"a".repeat(5000));
    assert_eq!(long, Err(BadCall { field: "text", why: Why::TooLong }));
}

#[test]
fn delivery_reports_are_read_whatever_their_capitals() {
    let status = |rest: &str| {
        parse_report(format!("id=ATXid_1&phoneNumber=%2B254700000001&{rest}").as_bytes())
            .unwrap()
            .status
    };
    assert_eq!(status("status=Success"), Delivery::Delivered);
    assert_eq!(status("status=SUCCESS"), Delivery::Delivered);
    assert_eq!(status("status=Sent"), Delivery::Underway);
    assert_eq!(status("status=submitted"), Delivery::Underway);
    assert_eq!(status("status=Buffered"), Delivery::Underway);
    assert_eq!(
        status("status=Failed&failureReason=UserInBlackList"),
        Delivery::Failed("userinblacklist".to_owned())
    );
    assert_eq!(status("status=Rejected"), Delivery::Failed("rejected".to_owned()));
    assert_eq!(status("status=AbsentSubscriber"), Delivery::Failed("absentsubscriber".to_owned()));
    assert_eq!(status("status=Expired&failureReason="), Delivery::Failed("expired".to_owned()));
    assert_eq!(status("status=Teleported"), Delivery::Unknown);
}

fn answer(status: u16, recipient: &str) -> SendResult {
    read_answer(
        status,
        format!(
            r#"{{"SMSMessageData":{{"Message":"Sent to 1/1 Total Cost: KES 0.8000","Recipients":[{recipient}]}}}}"#
        )
        .as_bytes(),
    )
}

fn recipient(code: u16, status: &str, id: &str) -> String {
    format!(
        r#"{{"statusCode":{code},"number":"+254700000001","status":"{status}","cost":"KES 0.8000","messageId":"{id}"}}"#
    )
}

#[test]
fn an_accepted_message_has_a_name() {
    let taken = SendResult::Accepted { message_id: Some("ATXid_2222".to_owned()) };
    for code in [100, 101, 102] {
        assert_eq!(answer(201, &recipient(code, "Success", "ATXid_2222")), taken);
    }
    assert_eq!(answer(200, &recipient(101, "Success", "ATXid_2222")), taken);
    assert_eq!(
        answer(201, r#"{"statusCode":"101","status":"Success","messageId":"ATXid_2222"}"#),
        taken
    );
    assert_eq!(answer(201, r#"{"status":"Success","messageId":"ATXid_2222"}"#), taken);
}

#[test]
fn what_the_gateway_has_is_not_sent_again_however_odd_its_answer() {
    let unnamed = SendResult::Accepted { message_id: None };
    assert_eq!(answer(201, &recipient(101, "Success", "None")), unnamed);
    for odd in ["<xml/>", "", "{}", r#"{"SMSMessageData":null}"#, "{\"SMSMessageData\":{\"Rec"] {
        assert_eq!(read_answer(201, odd.as_bytes()), unnamed, "{odd}");
        // somebody else may have answered
        assert!(matches!(read_answer(200, odd.as_bytes()), SendResult::Away { .. }), "{odd}");
    }
    let named = SendResult::Accepted { message_id: Some("ATXid_2222".to_owned()) };
    assert_eq!(answer(201, &recipient(777, "Teleported", "ATXid_2222")), named);
    assert_eq!(answer(201, r#"{"status":"Teleported","messageId":"ATXid_2222"}"#), named);
}

#[test]
fn only_what_concerns_the_number_is_final() {
    for (code, name) in
        [(403, "InvalidPhoneNumber"), (404, "UnsupportedNumberType"), (406, "UserInBlacklist")]
    {
        let reason = format!("{code} {name}");
        assert_eq!(answer(201, &recipient(code, name, "None")), SendResult::Refused { reason });
    }
    for (code, name) in [(401, "RiskHold"), (407, "CouldNotRoute")] {
        let reason = format!("{code} {name}");
        assert_eq!(answer(201, &recipient(code, name, "None")), SendResult::TryLater { reason });
    }
    for code in [409, 777] {
        assert!(matches!(
            answer(201, &recipient(code, "Whatever", "None")),
            SendResult::TryLater { .. }
        ));
    }
}

#[test]
fn what_concerns_everybodys_messages_says_who_mends_it() {
    for (code, name) in [(402, "InvalidSenderId"), (405, "InsufficientBalance")] {
        let reason = format!("{code} {name}");
        let said = answer(201, &recipient(code, name, "None"));
        assert_eq!(said, SendResult::Misconfigured { reason });
    }
    for code in [500, 501, 502] {
        let said = answer(201, &recipient(code, "Whatever", "None"));
        assert!(matches!(said, SendResult::Away { .. }), "{said:?}");
    }
}

#[test]
fn an_error_may_come_as_success_for_nobody() {
    let nobody = |message: &str| {
        read_answer(
            201,
            format!(r#"{{"SMSMessageData":{{"Message":"{message}","Recipients":[]}}}}"#).as_bytes(),
        )
    };
    assert_eq!(
        nobody("InvalidSenderId"),
        SendResult::Misconfigured { reason: "402 InvalidSenderId".to_owned() }
    );
    assert_eq!(
        nobody("InvalidPhoneNumber"),
        SendResult::Refused { reason: "403 InvalidPhoneNumber".to_owned() }
    );
    assert_eq!(
        nobody("The gateway rests"),
        SendResult::TryLater { reason: "The gateway rests".to_owned() }
    );
    assert_eq!(
        nobody(""),
        SendResult::TryLater { reason: "no recipient and no reason given".to_owned() }
    );
    let SendResult::TryLater { reason } = nobody("no route to +254700000001") else {
        panic!("not final")
    };
    assert!(!reason.contains("254700000001"), "{reason}");
}

#[test]
fn other_answers_of_the_send_api() {
    for (status, body) in [(500, "oops"), (503, ""), (429, "slow down"), (302, "")] {
        let said = read_answer(status, body.as_bytes());
        assert_eq!(said, SendResult::Away { reason: format!("HTTP {status}") });
    }
    // a request that is wrong is wrong for everybody, and no reason to give anybody's up
    for status in [400, 401, 403, 404, 413, 422] {
        let said = read_answer(status, b"Bad");
        assert!(matches!(said, SendResult::Misconfigured { .. }), "{status}: {said:?}");
    }
}

#[test]
fn a_message_goes_out_in_the_gateways_form() {
    let form = send_form("app", "+254700000001", "Hi", Some("KADOGO"));
    let encoded = serde_urlencoded::to_string(&form).unwrap();
    assert_eq!(encoded, "username=app&to=%2B254700000001&message=Hi&enqueue=1&from=KADOGO");
    assert_eq!(send_form("app", "+254700000001", "Hi", None).len(), 4);
}

proptest! {
    #[test]
    fn bytes_that_are_no_form_are_neither_taken_nor_accepted(
        body in proptest::collection::vec(any::<u8>(), 0..400),
        status in any::<u16>(),
    ) {
        // each needs fields by names that do not come about by chance
        prop_assert!(
            parse_ussd(&body).is_err()
                && parse_end(&body).is_err()
                && parse_text(&body).is_err()
                && parse_report(&body).is_err()
        );
        let accepted = matches!(read_answer(status, &body), SendResult::Accepted { .. });
        prop_assert_eq!(accepted, status == 201);
    }

    #[test]
    fn a_field_is_taken_as_it_was_typed_or_named(value in "\\PC{0,40}", field in 0_usize..11) {
        let usual = [
            ("sessionId", "s"),
            ("serviceCode", "*384#"),
            ("phoneNumber", "+254700000001"),
            ("networkCode", "63902"),
            ("text", "1*50"),
            ("date", "2026-11-22 06:00:00"),
            ("from", "+254700000001"),
            ("id", "m-1"),
            ("status", "Success"),
            ("to", "22141"),
            ("linkId", ""),
        ];
        let name = usual[field].0;
        let form =
            usual.map(|(each, usual)| (each, if each == name { value.as_str() } else { usual }));
        let body = serde_urlencoded::to_string(form.to_vec()).unwrap();
        let refused = [
            step(body.as_bytes())
                .map(|call| name != "text" || call.typed.text() == value)
                .map_err(|bad| bad.field),
            parse_end(body.as_bytes())
                .map(|end| name != "sessionId" || end.session == value)
                .map_err(|bad| bad.field),
            parse_text(body.as_bytes())
                .map(|text| name != "id" || text.id == value)
                .map_err(|bad| bad.field),
            parse_report(body.as_bytes())
                .map(|report| name != "id" || report.message_id == value)
                .map_err(|bad| bad.field),
        ];
        // what is refused names the one field that is not as usual
        prop_assert!(
            refused.iter().all(|refused| [Ok(true), Err(name)].contains(refused)),
            "{:?}",
            refused
        );
    }

    #[test]
    fn what_a_phone_posts_is_read_back(
        session in "[!-~]{1,128}",
        digits in "[1-9][0-9]{9,13}",
        history in "[ -~é€]{0,300}",
    ) {
        let caller = Msisdn::from_e164(&format!("+{digits}")).unwrap();
        let call = UssdCall { gateway: NAME,
            session,
            service_code: "*384*1234#".into(),
            caller,
            network: "99999".into(),
            typed: Typed::Whole(history),
        };
        let body = serde_urlencoded::to_string(ussd_form(&call)).unwrap();
        prop_assert_eq!(step(body.as_bytes()).unwrap(), call);
    }

    #[test]
    fn a_text_that_a_phone_posts_is_read_back(
        body in "[ -~é€😀]{0,300}",
    ) {
        let from = Msisdn::from_e164("+254700000001").unwrap();
        let text = Text { id: "m".into(), from, body };
        let form = serde_urlencoded::to_string(text_form(&text)).unwrap();
        prop_assert_eq!(parse_text(form.as_bytes()).unwrap(), text);
    }

    #[test]
    fn any_screen_survives_the_way_to_the_phone(
        screen in "\\PC{0,200}",
        continues in any::<bool>(),
    ) {
        let answer = encode(&screen, continues);
        let (shown, goes_on) = decode(&answer).unwrap();
        prop_assert_eq!(goes_on, continues);
        prop_assert_eq!(encode(shown, continues), answer.clone());
        prop_assert!(kadogo::text::septets(&answer).is_some());
    }
}
