//! Ids as columns: each is stored as its number.

use crate::id::Id;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::dsl::AsExprOf;
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Nullable, SingleValue};

impl<Of> AsExpression<BigInt> for Id<Of> {
    type Expression = AsExprOf<i64, BigInt>;

    fn as_expression(self) -> Self::Expression {
        AsExpression::<BigInt>::as_expression(*self.as_number())
    }
}

impl<Of> AsExpression<BigInt> for &Id<Of> {
    type Expression = AsExprOf<i64, BigInt>;

    fn as_expression(self) -> Self::Expression {
        AsExpression::<BigInt>::as_expression(*self.as_number())
    }
}

impl<Of> AsExpression<Nullable<BigInt>> for Id<Of> {
    type Expression = AsExprOf<i64, Nullable<BigInt>>;

    fn as_expression(self) -> Self::Expression {
        AsExpression::<Nullable<BigInt>>::as_expression(*self.as_number())
    }
}

impl<Of> AsExpression<Nullable<BigInt>> for &Id<Of> {
    type Expression = AsExprOf<i64, Nullable<BigInt>>;

    fn as_expression(self) -> Self::Expression {
        AsExpression::<Nullable<BigInt>>::as_expression(*self.as_number())
    }
}

impl<Of, DB: Backend> ToSql<BigInt, DB> for Id<Of>
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.as_number().to_sql(out)
    }
}

impl<Of, DB: Backend> ToSql<Nullable<BigInt>, DB> for Id<Of>
where
    i64: ToSql<Nullable<BigInt>, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.as_number().to_sql(out)
    }
}

impl<Of, DB: Backend> FromSql<BigInt, DB> for Id<Of>
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Id<Of>> {
        i64::from_sql(bytes).map(Id::of)
    }
}

impl<Of, ST: SingleValue, DB: Backend> Queryable<ST, DB> for Id<Of>
where
    Id<Of>: FromSql<ST, DB>,
{
    type Row = Id<Of>;

    fn build(row: Id<Of>) -> deserialize::Result<Id<Of>> {
        Ok(row)
    }
}
