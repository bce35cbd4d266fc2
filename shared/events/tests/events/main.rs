//! What the reader accepts, ignores and refuses, file by file, and the laws that hold for all of it.
#![cfg(test)]

mod fixtures;
mod folder;
mod identity;
mod instants;
mod laws;
mod limits;
mod readme;
