//! A port of this machine that lets visitors through one by one, each on a thread of its own, for as
//! long as it stands. What [`super::faults`] and [`super::line`] have in common: they differ in
//! the language they understand and in what they do to it.

use std::{
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use super::dice::Dice;

/// What the visitors of a gate meet, told to them and to the test.
pub struct Weather {
    dice: Mutex<Dice>,
    is_calm: AtomicBool,
    /// What could have been tampered with so far.
    pub seen: AtomicUsize,
    /// How often something was done and whoever asked for it was not told.
    pub lost: AtomicUsize,
}

impl Weather {
    /// The same things go wrong for the same seed; none while it is calm.
    pub fn new(seed: u64, is_calm: bool) -> Self {
        Self {
            dice: Mutex::new(Dice::new(seed)),
            is_calm: AtomicBool::new(is_calm),
            seen: AtomicUsize::new(0),
            lost: AtomicUsize::new(0),
        }
    }

    pub fn roll(&self, sides: u64) -> u64 {
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        dice.roll(sides)
    }

    pub fn is_calm(&self) -> bool {
        self.is_calm.load(Ordering::Relaxed)
    }

    pub fn set_calm(&self, is_calm: bool) {
        self.is_calm.store(is_calm, Ordering::Relaxed);
    }
}

/// The port, until it is dropped.
pub struct Gate {
    port: u16,
    is_over: Arc<AtomicBool>,
}

impl Gate {
    /// Opens a free port, whose visitors `pass` is called with.
    pub fn open<E>(pass: impl Fn(TcpStream) -> Result<(), E> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let is_over = Arc::<AtomicBool>::default();
        let (ends, pass) = (Arc::clone(&is_over), Arc::new(pass));
        thread::spawn(move || {
            for visitor in listener.incoming() {
                if ends.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(visitor) = visitor else { continue };
                let pass = Arc::clone(&pass);
                // A visitor that goes away in between is an everyday thing here.
                thread::spawn(move || drop(pass(visitor)));
            }
        });
        Self { port, is_over }
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // It waits for a visitor; this is the last one.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}
