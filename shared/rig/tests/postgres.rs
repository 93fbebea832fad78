//! Private Postgres, tested: does it listen where its URL says, and leave nothing behind?

use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::Result;
use rig::postgres::Postgres;

#[tokio::test]
async fn it_listens_where_its_url_says_and_leaves_nothing_behind() -> Result<()> {
    let postgres = Postgres::start().await?;
    let url = postgres.url();
    let (_, host) = url.split_once("?host=").expect("the URL names the folder of the socket");
    let socket = Path::new(host).join(".s.PGSQL.5432");
    assert!(UnixStream::connect(&socket).is_ok(), "{url}");
    drop(postgres);
    assert!(!Path::new(host).exists());
    Ok(())
}
