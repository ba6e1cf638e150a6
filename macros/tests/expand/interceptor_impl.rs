#[interceptor(phase = Limit)]
impl Interceptor for OnlyStarts {
    type Provides = Permit;
    type Hooks = Count;

    async fn start(&self, call: &Call) -> Result<(Permit, Count), Status> {
        body(call)
    }
}

#[interceptor(phase = Observe)]
impl<T: Clock> Interceptor for Wraps<T> {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<((), ()), Status> {
        body(call)
    }

    async fn around<R: Rest>(&self, call: &Call, (): &(), rest: R) -> Result<(), Status> {
        rest.await
    }
}

#[interceptor(phase = Observe)]
impl Interceptor for MayWrap {
    methods_of_a_macro!();
}
