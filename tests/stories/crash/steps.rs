//! Steps of conversations as gateways bring them over real sockets: with all that was typed, or
//! with what was typed last and a count.

/// What a gateway says at each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// All that was typed.
    History,
    /// What was typed last, and the number of the step.
    Counted,
}

impl Wire {
    /// How many of the last steps it may bring again.
    pub fn again(self) -> usize {
        match self {
            Wire::History => 2,
            Wire::Counted => 1,
        }
    }
}

/// A step of a conversation, and its answer if one came.
#[derive(Debug, Clone)]
pub struct Hop {
    pub wire: Wire,
    pub session: String,
    pub number: String,
    pub typed: Vec<String>,
    pub answer: Option<String>,
}

/// A step in the gateway's form; nothing if the server is gone.
pub async fn send(client: &reqwest::Client, url: &str, hop: &Hop) -> Option<String> {
    let screen = match hop.wire {
        Wire::History => send_history(client, url, hop).await?,
        Wire::Counted => send_counted(client, url, hop).await?,
    };
    assert!(!screen.contains('{'), "a placeholder on a screen: {screen}");
    Some(screen)
}

async fn send_history(client: &reqwest::Client, url: &str, hop: &Hop) -> Option<String> {
    let form = [
        ("sessionId", hop.session.as_str()),
        ("serviceCode", "*384*1234#"),
        ("phoneNumber", &hop.number),
        ("networkCode", "63902"),
        ("text", &hop.typed.join("*")),
    ];
    let answer =
        client.post(format!("{url}/gateways/africastalking/ussd")).form(&form).send().await.ok()?;
    assert_eq!(answer.status(), 200);
    answer.text().await.ok()
}

async fn send_counted(client: &reqwest::Client, url: &str, hop: &Hop) -> Option<String> {
    let body = serde_json::json!({
        "Type": if hop.typed.is_empty() { "Initiation" } else { "Response" },
        "Mobile": hop.number.trim_start_matches('+'),
        "SessionId": hop.session,
        "ServiceCode": "714",
        "Message": hop.typed.last().map_or("*714#", String::as_str),
        "Operator": "mtn",
        "Sequence": hop.typed.len() + 1,
        "ClientState": "",
        "Platform": "USSD",
    });
    let request = client.post(format!("{url}/gateways/hubtel/ussd")).body(body.to_string());
    let answer = request.header("content-type", "application/json").send().await.ok()?;
    assert_eq!(answer.status(), 200);
    let answer: serde_json::Value = serde_json::from_str(&answer.text().await.ok()?).unwrap();
    let end = if answer["Type"] == "release" { "END" } else { "CON" };
    Some(format!("{end} {}", answer["Message"].as_str().unwrap()))
}
