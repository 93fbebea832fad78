//! Cluster slots: which one is a key in, and which server holds it?
//!
//! Source: <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>, and `CLUSTER SLOTS` there.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use redis::{Arg, Cmd, ErrorKind, RedisResult, Value, from_redis_value};

use crate::redis::connection::{Connection, Endpoint};
use crate::redis::node::Node;

const SLOTS: u16 = 16_384;

/// What calls a script, and is followed by its text or name, the number of its keys, and then them.
const SCRIPTS: [&[u8]; 6] = [b"EVAL", b"EVALSHA", b"EVAL_RO", b"EVALSHA_RO", b"FCALL", b"FCALL_RO"];

/// The slot of the first key, for a command that has one: the others must carry the same hash tag.
pub(super) fn slot_of(command: &Cmd) -> Option<u16> {
    let mut words = command.args_iter().map(|word| match word {
        Arg::Simple(word) => word,
        _ => b"", // A cursor, which no command of ours has.
    });
    let name = words.next()?;
    let script = SCRIPTS.iter().any(|script| script.eq_ignore_ascii_case(name));
    words.nth(if script { 2 } else { 0 }).map(slot)
}

fn slot(key: &[u8]) -> u16 {
    crc16(tag(key)) % SLOTS
}

/// What stands between the first `{` and the next `}`, if that is anything; else the whole key.
fn tag(key: &[u8]) -> &[u8] {
    let opened = key.iter().position(|byte| *byte == b'{').map(|open| &key[open + 1..]);
    let tag = opened.and_then(|rest| rest.iter().position(|byte| *byte == b'}').map(|close| &rest[..close]));
    tag.filter(|tag| !tag.is_empty()).unwrap_or(key)
}

/// CRC-16/XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    })
}

/// Which server holds which slots, as one of them sees it, with a connection to each.
#[derive(Default)]
pub(super) struct Map {
    /// By the last slot of each range: its first one, and who holds it.
    ranges: BTreeMap<u16, (u16, Arc<Connection>)>,
    /// By address; also to servers that somebody was sent on to since.
    connections: HashMap<String, Arc<Connection>>,
    /// Everybody, replicas included, some more than once.
    pub(super) servers: Vec<Node>,
}

/// An answer to `CLUSTER SLOTS`: the first slot and the last, who holds them, and who else knows them.
pub(super) type Ranges = Vec<(u16, u16, Vec<Node>)>;

impl Map {
    /// A newer map. Connections to servers that are still in it stay, the others end.
    pub(super) fn redrawn(&mut self, ranges: Ranges) -> Map {
        let mut map = Map::default();
        for (first, last, servers) in ranges {
            if let Some(holder) = servers.first() {
                if let Some(connection) = self.connections.remove(&holder.to_string()) {
                    map.connections.insert(holder.to_string(), connection);
                }
                let connection = map.connection_to(holder);
                map.ranges.insert(last, (first, connection));
            }
            map.servers.extend(servers);
        }
        map
    }

    /// The connection to whoever holds the slot.
    pub(super) fn holder(&self, slot: u16) -> Option<Arc<Connection>> {
        let (_, (first, connection)) = self.ranges.range(slot..).next()?;
        (*first <= slot).then(|| connection.clone())
    }

    /// The connections to everybody who holds any, at least one.
    pub(super) fn connections(&self) -> Vec<Arc<Connection>> {
        self.connections.values().cloned().collect()
    }

    pub(super) fn connection_to(&mut self, server: &Node) -> Arc<Connection> {
        let connection = || Arc::new(Connection::to(Endpoint::Server(server.clone())));
        self.connections.entry(server.to_string()).or_insert_with(connection).clone()
    }
}

/// What a server says about the cluster it is in.
pub(super) async fn ask(server: &Node) -> RedisResult<Ranges> {
    let mut connection = server.connect().await?;
    let ranges: Vec<Vec<Value>> = redis::cmd("CLUSTER").arg("SLOTS").query_async(&mut connection).await?;
    let ranges: Ranges = ranges.into_iter().filter_map(|range| read(range, server)).collect();
    match ranges.is_empty() {
        // As one that was just started and has met nobody yet.
        true => Err((ErrorKind::Client, "Cluster", format!("{server} knows of no slots")).into()),
        false => Ok(ranges),
    }
}

fn read(range: Vec<Value>, asked: &Node) -> Option<(u16, u16, Vec<Node>)> {
    let mut words = range.into_iter();
    let (first, last) = (from_redis_value(words.next()?).ok()?, from_redis_value(words.next()?).ok()?);
    let servers: Vec<_> = words.filter_map(|server| place(server, asked)).collect();
    (!servers.is_empty()).then_some((first, last, servers))
}

fn place(server: Value, asked: &Node) -> Option<Node> {
    let mut words = from_redis_value::<Vec<Value>>(server).ok()?.into_iter();
    let host: Option<String> = from_redis_value(words.next()?).ok()?;
    let port = from_redis_value(words.next()?).ok()?;
    match host.as_deref().unwrap_or_default() {
        "?" => None,
        // It does not know by which name we know it.
        "" => Some(asked.beside(asked.host(), port)),
        host => Some(asked.beside(host, port)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_in_the_slot_that_redis_says() {
        #[track_caller]
        fn check(key: &str, slot: u16) {
            assert_eq!(super::slot(key.as_bytes()), slot, "{key}");
        }
        check("123456789", 0x31C3);
        check("foo", 12_182);
        check("bar", 5_061);
        check("session:{foo}:x", 12_182);
        check("a{foo}{bar}", 12_182);
        check("{}foo", slot(b"{}foo"));
        check("", 0);
    }

    #[test]
    fn the_first_key_of_a_command_decides() {
        #[track_caller]
        fn check(words: &[&str], slot: Option<u16>) {
            assert_eq!(slot_of(redis::cmd(words[0]).arg(&words[1..])), slot, "{words:?}");
        }
        check(&["PING"], None);
        check(&["GET", "foo"], Some(12_182));
        check(&["eval", "return 1", "2", "foo", "{foo}", "bar"], Some(12_182));
        check(&["EVAL", "return 1", "0"], None);
    }
}
