//! One question over HTTP to a program on this machine.

use std::{
    io::{Error, Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

/// Posts JSON to `path` as the one who has a token, and reads the answer as JSON.
pub fn post(port: u16, path: &str, token: &str, body: &Value) -> std::io::Result<Value> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let body = body.to_string();
    write!(
        stream,
        "POST {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer
        .split_once("\r\n\r\n")
        .ok_or_else(|| Error::other("no HTTP answer"))?;
    Ok(serde_json::from_str(body)?)
}

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
