//! Invalidation: who hears that a key has changed?

use std::sync::Arc;

use redis::aio::{AsyncPushSender, SendError};
use redis::{PushInfo, PushKind, Value};

/// Somebody who keeps what Redis said, and must know when it is true no longer (`CLIENT TRACKING`).
///
/// Every key that was read is told of once: to be told again, read it again. Redis tells over the connection that answers
/// questions, so whoever has an answer was told of all that happened before the question was put.
pub trait Listener: Send + Sync {
    /// Somebody changed this key, or Redis dropped it. Called on the task that serves the connection: return at once.
    fn forget(&self, key: &[u8]);

    /// Nobody knows what has changed: the connection broke, or a new one begins, or Redis was emptied.
    fn forget_all(&self);
}

/// Hands Redis' invalidation messages on to the listener.
#[derive(Clone)]
pub(super) struct Invalidations(pub(super) Arc<dyn Listener>);

impl AsyncPushSender for Invalidations {
    fn send(&self, message: PushInfo) -> Result<(), SendError> {
        match (message.kind, message.data.first()) {
            (PushKind::Invalidate, Some(Value::Array(keys))) => keys.iter().for_each(|key| match key {
                Value::BulkString(key) => self.0.forget(key),
                _ => self.0.forget_all(),
            }),
            (PushKind::Invalidate | PushKind::Disconnection, _) => self.0.forget_all(),
            _ => {}
        }
        Ok(())
    }
}
