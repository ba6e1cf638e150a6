use super::Sample;
use super::levels::Levels;
use crate::conventions::Side;

/// The settings of an `AccessLog`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) side: Side,
    pub(super) levels: Levels,
    pub(super) logs_start: bool,
    pub(super) has_status_message: bool,
    pub(super) metadata: &'static [&'static str],
    pub(super) sample: Option<&'static Sample>,
}

impl Settings {
    pub(super) const fn new(side: Side, levels: Levels) -> Self {
        Self { side, levels, logs_start: false, has_status_message: false, metadata: &[], sample: None }
    }
}
