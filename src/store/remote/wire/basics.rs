//! Numbers, texts, what may be missing, lists.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::{Bytes, Malformed, Put, Take, Taken, Writer};
use crate::model::{ExperimentId, RunId, SpanHandle, TraceId};
use crate::store::{Cursor, Revision, TraceHandle};

impl<T: Put + ?Sized> Put for &T {
    fn put(&self, to: &mut Writer) {
        (**self).put(to);
    }
}

/// Nothing but that it was answered.
impl Put for () {
    fn put(&self, _to: &mut Writer) {}
}

impl Take for () {
    fn take(_from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(())
    }
}

impl Put for bool {
    fn put(&self, to: &mut Writer) {
        to.byte(u8::from(*self));
    }
}

impl Take for bool {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        match from.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed),
        }
    }
}

/// Numbers that are never negative.
macro_rules! counts {
    ($($type:ident)*) => { $(
        impl Put for $type {
            fn put(&self, to: &mut Writer) {
                // No machine has numbers of more than 64 bits here.
                to.number(u64::try_from(*self).unwrap_or(u64::MAX));
            }
        }

        impl Take for $type {
            fn take(from: &mut Bytes<'_>) -> Taken<Self> {
                Self::try_from(from.number()?).map_err(|_| Malformed)
            }
        }
    )* };
}

counts! { u32 u64 }

/// How many: what this machine cannot count is as many as it can.
impl Put for usize {
    fn put(&self, to: &mut Writer) {
        to.number(u64::try_from(*self).unwrap_or(u64::MAX));
    }
}

impl Take for usize {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(Self::try_from(from.number()?).unwrap_or(Self::MAX))
    }
}

/// Small ones of either sign are short.
impl Put for i64 {
    fn put(&self, to: &mut Writer) {
        to.number(((self << 1) ^ (self >> 63)).cast_unsigned());
    }
}

impl Take for i64 {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        let number = from.number()?;
        Ok((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }
}

/// All its bits: which NaN it is, too.
impl Put for f64 {
    fn put(&self, to: &mut Writer) {
        to.bytes.extend_from_slice(&self.to_bits().to_le_bytes());
    }
}

impl Take for f64 {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        let bits = from.exactly(8)?.try_into().map_err(|_| Malformed)?;
        Ok(Self::from_bits(u64::from_le_bytes(bits)))
    }
}

impl Put for f32 {
    fn put(&self, to: &mut Writer) {
        to.bytes.extend_from_slice(&self.to_bits().to_le_bytes());
    }
}

impl Take for f32 {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        let bits = from.exactly(4)?.try_into().map_err(|_| Malformed)?;
        Ok(Self::from_bits(u32::from_le_bytes(bits)))
    }
}

impl Put for str {
    fn put(&self, to: &mut Writer) {
        to.run(self.as_bytes());
    }
}

impl Put for String {
    fn put(&self, to: &mut Writer) {
        self.as_str().put(to);
    }
}

impl Take for String {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(from.text()?.to_owned())
    }
}

impl Put for Arc<str> {
    fn put(&self, to: &mut Writer) {
        to.shared(self);
    }
}

impl Take for Arc<str> {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        from.shared()
    }
}

/// Ids that many values of a message have in common.
macro_rules! shared_ids {
    ($($type:ident)*) => { $(
        impl Put for $type {
            fn put(&self, to: &mut Writer) {
                to.shared(&Arc::from(self.as_str()));
            }
        }

        impl Take for $type {
            fn take(from: &mut Bytes<'_>) -> Taken<Self> {
                Ok(Self::from(from.shared()?))
            }
        }
    )* };
}

shared_ids! { ExperimentId RunId TraceId }

impl Put for Cursor {
    fn put(&self, to: &mut Writer) {
        self.as_str().put(to);
    }
}

impl Take for Cursor {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(Self::new(from.text()?))
    }
}

/// Numbers that mean something to the reader on the other side alone.
macro_rules! handles {
    ($($type:ident)*) => { $(
        impl Put for $type {
            fn put(&self, to: &mut Writer) {
                to.number(self.0);
            }
        }

        impl Take for $type {
            fn take(from: &mut Bytes<'_>) -> Taken<Self> {
                Ok(Self(from.number()?))
            }
        }
    )* };
}

handles! { TraceHandle SpanHandle Revision }

impl<T: Put> Put for Option<T> {
    fn put(&self, to: &mut Writer) {
        self.is_some().put(to);
        if let Some(value) = self {
            value.put(to);
        }
    }
}

impl<T: Take> Take for Option<T> {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(if bool::take(from)? { Some(T::take(from)?) } else { None })
    }
}

impl<T: Put> Put for Box<T> {
    fn put(&self, to: &mut Writer) {
        (**self).put(to);
    }
}

impl<T: Take> Take for Box<T> {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        T::take(from).map(Self::new)
    }
}

impl<T: Put> Put for [T] {
    fn put(&self, to: &mut Writer) {
        self.len().put(to);
        self.iter().for_each(|one| one.put(to));
    }
}

impl<T: Put> Put for Vec<T> {
    fn put(&self, to: &mut Writer) {
        self.as_slice().put(to);
    }
}

impl<T: Take> Take for Vec<T> {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        from.several(T::take)
    }
}

impl<T: Put> Put for Arc<[T]> {
    fn put(&self, to: &mut Writer) {
        (**self).put(to);
    }
}

impl<T: Take> Take for Arc<[T]> {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(from.several(T::take)?.into())
    }
}

impl<A: Put, B: Put> Put for (A, B) {
    fn put(&self, to: &mut Writer) {
        self.0.put(to);
        self.1.put(to);
    }
}

impl<A: Take, B: Take> Take for (A, B) {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok((A::take(from)?, B::take(from)?))
    }
}

impl Put for Range<usize> {
    fn put(&self, to: &mut Writer) {
        self.start.put(to);
        self.end.put(to);
    }
}

impl Take for Range<usize> {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(usize::take(from)?..usize::take(from)?)
    }
}

/// In nanoseconds, as far as they can be counted: 584 years.
impl Put for Duration {
    fn put(&self, to: &mut Writer) {
        to.number(u64::try_from(self.as_nanos()).unwrap_or(u64::MAX));
    }
}

impl Take for Duration {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(match from.number()? {
            u64::MAX => Self::MAX,
            nanoseconds => Self::from_nanos(nanoseconds),
        })
    }
}
