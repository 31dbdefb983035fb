//! One question over HTTP to a program on this machine.

use std::{
    io::{Error, Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

/// Gets `path` and reads the answer as JSON.
pub fn get(port: u16, path: &str) -> std::io::Result<Value> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    // HTTP 1.0, so that the answer comes in one piece and ends with the connection.
    write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer
        .split_once("\r\n\r\n")
        .ok_or_else(|| Error::other("no HTTP answer"))?;
    Ok(serde_json::from_str(body)?)
}
