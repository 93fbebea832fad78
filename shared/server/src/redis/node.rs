//! Redis server: how is one of them connected to?

use std::fmt;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, ProtocolVersion, RedisResult};

use crate::redis::invalidation::Invalidations;
use crate::redis::tls::Trust;

/// One server, and what it takes to be let in there: user, password, database, and whose signature it must show.
#[derive(Clone)]
pub(super) struct Node {
    client: Client,
    /// Whom to trust, with TLS.
    trust: Option<Trust>,
    /// Whom to tell of keys that changed, if anybody.
    invalidations: Option<Invalidations>,
}

impl Node {
    /// # Errors
    /// Redis' own words about a URL that cannot be.
    pub(super) fn at(url: &str, trust: Option<Trust>) -> RedisResult<Node> {
        Ok(Node { client: Client::open(url)?, trust, invalidations: None })
    }

    /// Another server that lets in by the same means.
    pub(super) fn beside(&self, host: &str, port: u16) -> Node {
        self.with(self.information().clone().set_addr(ConnectionAddr::Tcp(host.into(), port)))
    }

    /// The same server, for another user.
    pub(super) fn let_in_as(&self, user: Option<&str>, password: Option<&str>) -> Node {
        let mut login = self.information().redis_settings().clone();
        login = user.map_or(login.clone(), |user| login.set_username(user));
        login = password.map_or(login.clone(), |password| login.set_password(password));
        self.with(self.information().clone().set_redis_settings(login))
    }

    /// The same server, which tells of keys that changed.
    pub(super) fn notifying(&self, to: Invalidations) -> Node {
        let settings = self.information().redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        Node { invalidations: Some(to), ..self.with(self.information().clone().set_redis_settings(settings)) }
    }

    pub(super) fn invalidations(&self) -> Option<&Invalidations> {
        self.invalidations.as_ref()
    }

    fn with(&self, information: ConnectionInfo) -> Node {
        let client = Client::open(information).expect("a client needs no more than this");
        Node { client, ..self.clone() }
    }

    /// Connects, and waits for as long as it takes: limits are the caller's, two clocks for one wait tell two stories.
    pub(super) async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let Some(invalidations) = &self.invalidations else { return self.connect_by(config).await };
        let mut connection = self.connect_by(config.set_push_sender(invalidations.clone())).await?;
        redis::cmd("CLIENT").arg("TRACKING").arg("ON").exec_async(&mut connection).await?;
        invalidations.0.forget_all(); // What another connection was to tell of, nobody tells any more.
        Ok(connection)
    }

    async fn connect_by(&self, config: AsyncConnectionConfig) -> RedisResult<MultiplexedConnection> {
        match (&self.trust, self.information().addr()) {
            (Some(trust), ConnectionAddr::Tcp(host, port)) => {
                let stream = trust.connect(host, *port).await?;
                let login = self.information().redis_settings();
                let (connection, driver) = MultiplexedConnection::new_with_config(login, stream, config).await?;
                tokio::spawn(driver); // It ends with the connection.
                Ok(connection)
            }
            _ => self.client.get_multiplexed_async_connection_with_config(&config).await,
        }
    }

    /// By which we know it; a socket has none.
    pub(super) fn host(&self) -> &str {
        match self.information().addr() {
            ConnectionAddr::Tcp(host, _) => host,
            _ => "",
        }
    }

    fn information(&self) -> &ConnectionInfo {
        self.client.get_connection_info()
    }
}

/// Where it is; nothing that lets anybody in.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.information().addr().fmt(f)
    }
}
