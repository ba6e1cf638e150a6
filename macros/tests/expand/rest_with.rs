#[interceptor]
async fn span(call: &Call, rest: impl RestWith<SpanId>) -> Result<(), Status> {
    let span = Span::of(call);
    let result = rest.provide(span.id()).await;
    span.end(&result);
    result
}
