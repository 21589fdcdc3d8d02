//! The server as its clients see it: real sockets, real folders, one program for all tests.

// A panic is how a test fails; clippy spares only the functions that are marked as tests.
#![allow(clippy::expect_used)]

mod admin;
mod bombs;
mod bucket;
mod changes;
mod chunk_refusals;
mod chunk_storm;
mod chunks;
mod client;
mod conformance;
mod crash;
mod data;
mod delivery;
mod disk;
mod eager;
mod flood;
mod forms;
mod hostile;
mod notifications;
mod operations;
mod parts;
mod place;
mod process;
mod quotas;
mod refusals;
mod remote;
mod signed;
mod site;
mod tls;
mod transformations;
mod uploads;
