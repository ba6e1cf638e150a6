impl Interceptor for OnlyStarts {
    type Provides = Permit;
    type Hooks = Count;
    async fn start(&self, call: &Call) -> Result<(Permit, Count), Status> {
        body(call)
    }
    const VESTIBULE_PHASES: __private::phase::PhaseRange = __private::phase::range_of::<
        __private::phase::Limit,
    >();
    #[inline]
    fn vestibule_guard<'__rest, __Method: __private::Method>(
        &'__rest self,
        _: &'__rest __private::Call,
        _: &'__rest Self::Provides,
        __rest: __private::RestRef<'__rest>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<(), __private::Status>,
    > + ::core::marker::Send {
        __private::UnguardedRest::new(__rest)
    }
}
impl __private::InPhase for OnlyStarts {
    type Phase = __private::phase::Limit;
}
impl<T: Clock> Interceptor for Wraps<T> {
    type Provides = ();
    type Hooks = ();
    async fn start(&self, call: &Call) -> Result<((), ()), Status> {
        body(call)
    }
    async fn around<R: Rest>(
        &self,
        call: &Call,
        (): &(),
        rest: R,
    ) -> Result<(), Status> {
        rest.await
    }
    const VESTIBULE_PHASES: __private::phase::PhaseRange = __private::phase::range_of::<
        __private::phase::Observe,
    >();
}
impl<T: Clock> __private::InPhase for Wraps<T> {
    type Phase = __private::phase::Observe;
}
impl Interceptor for MayWrap {
    methods_of_a_macro!();
    const VESTIBULE_PHASES: __private::phase::PhaseRange = __private::phase::range_of::<
        __private::phase::Observe,
    >();
}
impl __private::InPhase for MayWrap {
    type Phase = __private::phase::Observe;
}
