/// Calls a macro with the names of the elements, for each tuple of up to twelve elements.
macro_rules! for_tuples {
    ($implement:ident) => {
        for_tuples!($implement: A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12);
    };
    ($implement:ident:) => {
        $implement!();
    };
    ($implement:ident: $first:ident $($name:ident)*) => {
        $implement!($first $($name)*);
        for_tuples!($implement: $($name)*);
    };
}

pub(super) use for_tuples;
