#[interceptor(crate = toolbox::grpc)]
async fn find<'a, S: Store>(
    store: &'a S,
    (limit, names): (usize, &[&str]),
    filter: impl Fn(&Item) -> bool + Clone + Send + Sync,
) -> tonic::Result<&'a Item>
where
    S::Item: Sync,
{
    store.find(limit, names, filter)
}
