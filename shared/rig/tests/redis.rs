//! Private Redis, tested: does it answer where its URL says, and forget everything when it starts again?

use std::path::Path;

use anyhow::{Context, Result};
use rig::redis::{Listen, Options, Redis};

#[tokio::test]
async fn it_answers_on_either_address_and_forgets_everything_on_the_same_one() -> Result<()> {
    for listen in [Listen::Socket, Listen::Port, Listen::Tls] {
        let mut redis = Redis::start(Options { listen, ..Options::default() }).await?;
        let (url, pid) = (redis.url(), redis.pid());
        redis.ask("SET colour green")?;
        assert_eq!(redis.commands_answered()?, 1);
        assert_eq!(redis.ask("GET colour")?, "green");
        redis.kill();
        assert!(redis.ask("PING").is_err());
        redis.restart().await?;
        assert_eq!((redis.url(), redis.ask("DBSIZE")?), (url, "0".into()));
        assert_ne!(redis.pid(), pid);
    }
    Ok(())
}

#[tokio::test]
async fn a_frozen_one_answers_once_it_is_thawed_and_its_folder_goes_with_it() -> Result<()> {
    let mut redis = Redis::start(Options::default()).await?;
    redis.freeze()?;
    assert!(redis.ask("PING").is_err());
    redis.thaw()?;
    assert_eq!(redis.ask("PING")?, "PONG");
    let url = redis.url();
    let socket = Path::new(url.trim_start_matches("redis+unix://"));
    let folder = socket.parent().context("a socket is in a folder")?;
    assert!(folder.exists(), "{url}");
    drop(redis);
    assert!(!folder.exists(), "{url}");
    Ok(())
}
