//! Contract cases: what does the contract say, one sentence a line?

use std::pin::Pin;

use anyhow::Result;

use crate::contract::client::Client;

mod accounts;
mod bodies;
mod checkouts;
mod drafts;
mod logins;
mod orders;
mod passwords;
mod products;
mod refreshes;
mod repeats;
mod requests;
mod selves;
mod sessions;

/// A case is a function; its name is the promise.
pub(super) type Case = for<'a> fn(&'a Client) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

macro_rules! cases {
    ($($file:ident: $($case:ident)+;)+) => { &[$($((stringify!($case), |client| Box::pin($file::$case(client)))),+),+] }
}

pub(super) const ALL: &[(&str, Case)] = cases! {
    selves: a_server_says_that_it_lives_and_is_ready  it_says_which_one_it_is  its_metrics_are_prometheus_text
        its_openapi_is_3_1_and_names_every_route  its_docs_need_nothing_from_elsewhere  every_problem_has_a_page
        public_keys_are_published_where_there_are_any  anonymous_answers_have_the_shape_of_whoami;
    requests: an_unknown_path_is_404  a_wrong_method_is_405_with_those_allowed  an_unknown_method_is_405
        a_malformed_path_is_400  a_malformed_query_is_400  an_impossible_page_is_422  too_many_headers_are_431
        a_trace_is_continued  every_private_route_refuses_nobody  every_private_route_refuses_a_forged_credential;
    bodies: a_body_that_is_not_json_is_400  a_body_nested_without_end_is_400  a_body_of_another_type_is_415
        a_body_over_64_kib_is_413  impossible_values_are_422_and_named  an_unknown_field_is_422;
    logins: a_login_says_who_it_is_for  a_wrong_password_is_401_and_so_is_an_unknown_user
        two_logins_are_two_credentials  two_cookies_of_one_name_are_none
        a_login_takes_no_credential_that_the_client_made_up  a_login_never_reuses_the_credential_before_it
        a_refresh_gives_a_new_credential_for_the_same_user  a_refresh_without_a_credential_is_401
        a_logout_is_204_also_twice_and_for_nobody  after_a_logout_nobody_can_refresh
        a_logout_beside_a_refresh_ends_both  a_logout_in_the_middle_of_a_request_is_a_logout;
    refreshes: a_credential_just_renewed_can_be_renewed_once_more  fifty_refreshes_at_once_leave_one_login
        a_refresh_token_used_long_ago_ends_the_login  a_made_up_refresh_token_ends_nothing
        one_token_is_not_good_for_the_others_work;
    sessions: open_logins_are_listed_newest_first  a_login_keeps_its_id_when_it_is_renewed
        ending_one_login_spares_the_other  ending_ones_own_login_is_a_logout  ending_all_logins_ends_all_of_them
        the_logins_of_others_read_as_absent  the_id_of_a_login_is_no_credential;
    passwords: a_new_password_takes_the_place_of_the_old_one  a_new_password_ends_every_other_login
        an_impossible_password_is_422_and_named  a_password_is_whatever_somebody_can_type
        five_wrong_passwords_lock_the_door_and_not_those_inside
        a_name_that_nobody_has_is_locked_like_any_other;
    accounts: a_role_is_given_and_taken_by_an_admin  roles_are_no_business_of_others  impossible_roles_are_422
        whoami_needs_no_sql  a_profile_holds_the_preferences  others_are_seen_by_admins_alone
        preferences_are_kept_as_they_were_put  a_stale_write_of_preferences_is_412  one_of_many_writes_at_once_wins
        impossible_preferences_are_422;
    products: products_are_public_and_cacheable  an_unchanged_product_is_304  an_absent_product_is_404
        every_product_is_on_one_page  offers_are_private_and_cacheable  an_offer_is_never_somebody_elses;
    orders: an_order_lives_as_it_was_placed  orders_come_newest_first_in_pages  the_orders_of_others_read_as_absent
        an_order_for_somebody_else_is_403  an_order_of_nothing_is_refused
        an_order_takes_from_the_stock  more_than_the_stock_is_409  a_scarce_product_is_never_oversold;
    repeats: the_same_key_gets_the_same_order  the_same_key_with_another_body_is_422  a_key_belongs_to_its_user
        twenty_at_once_with_one_key_are_one_order  a_key_that_is_no_key_is_400;
    checkouts: a_checkout_leads_to_orders  its_steps_come_in_any_order  its_steps_can_be_repeated
        a_checkout_that_was_not_started_is_409  an_early_confirmation_is_409  a_second_confirmation_gets_the_same_orders
        ten_confirmations_at_once_are_one  what_was_confirmed_cannot_be_changed  a_checkout_is_all_or_nothing
        a_new_start_forgets_the_old_one  impossible_steps_are_422;
    drafts: a_draft_is_the_callers_own  a_tampered_draft_changes_nothing  two_steps_at_once_lose_nothing
        of_ten_writes_at_once_none_is_lost_silently;
};
