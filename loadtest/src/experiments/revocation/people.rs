//! Users of the revocation experiment: who has something that can be taken?

use anyhow::{Context, ensure};
use serde_json::json;
use shared::api::paths;
use wire::client;
use wire::login::{Login, log_in};
use wire::request::Request;

/// The roles of those who may do as everybody may.
pub(super) const USER: &[&str] = &["user"];
/// And of those who may also say who may do what.
pub(super) const ADMIN: &[&str] = &["user", "admin"];

/// Somebody logged in, and the replica at which that was.
pub(super) struct Person {
    pub(super) login: Login,
    pub(super) home: usize,
}

impl Person {
    pub(super) async fn visitor(urls: &[String], number: u32) -> anyhow::Result<Person> {
        let home = number as usize % urls.len();
        Person::at(urls, home, &format!("visitor-{number}"), "visitor").await
    }

    /// One who may say who may do what.
    pub(super) async fn admin(urls: &[String], home: usize) -> anyhow::Result<Person> {
        Person::at(urls, home, "john", "secret").await
    }

    async fn at(urls: &[String], home: usize, username: &str, password: &str) -> anyhow::Result<Person> {
        Ok(Person { login: log_in(&urls[home], username, password).await?, home })
    }

    /// Whoever holds a token gets a new one, with the whole of its life before it. A session needs nothing.
    pub(super) async fn renew(&mut self, urls: &[String]) -> anyhow::Result<()> {
        if !self.needs_renewal() {
            return Ok(());
        }
        let answer = client::send(&urls[self.home], &self.login.refresh()).await?;
        self.login = Login::of(&answer).context("nobody's login has ended, and one cannot be renewed")?;
        Ok(())
    }

    pub(super) fn needs_renewal(&self) -> bool {
        self.login.refresh.is_some()
    }

    /// Says what somebody may do from now on, at this replica.
    pub(super) async fn assign(&self, url: &str, to: &Person, roles: &[&str]) -> anyhow::Result<()> {
        let answer = client::send(url, &self.assigning(to, roles)).await?;
        ensure!(answer.status == 200, "a role was not given: {} {}", answer.status, answer.text());
        Ok(())
    }

    pub(super) fn assigning(&self, to: &Person, roles: &[&str]) -> Request {
        let path = paths::ROLES.replace("{id}", &to.login.id.to_string());
        Request::put(&path).by(&self.login).json(&json!({ "roles": roles }))
    }

    /// Looks at somebody else, which an admin may.
    pub(super) fn pry(&self, other: &Person) -> Request {
        Request::get(&paths::USER.replace("{id}", &other.login.id.to_string())).by(&self.login)
    }
}
