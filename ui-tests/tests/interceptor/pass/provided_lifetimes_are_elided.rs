use vestibule::{Interceptor, Status, interceptor};

#[interceptor]
async fn first(names: &[String]) -> Result<Option<&str>, Status> {
    Ok(names.first().map(String::as_str))
}

#[interceptor]
pub(crate) async fn in_struct<'a>(a: &'a str, _b: &str, _c: &dyn Send2) -> Result<std::borrow::Cow<'a, str>, Status> {
    Ok(a.into())
}

trait Send2: Send + Sync {}
impl Send2 for () {}

fn of<P>(_: impl Interceptor<Provides = P>) {}

fn main() {
    of::<Option<&str>>(first(&[]));
    of::<std::borrow::Cow<'_, str>>(in_struct("", "", &()));
}
