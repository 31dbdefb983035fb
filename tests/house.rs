//! The house rules that can be checked by looking: who may know whom, and what lies where.
//!
//! Rust's own compiler enforces most of the arrows between crates; what it can't see (a crate of
//! the wrong kind coming in through another one) is looked at here. The arrows within the page
//! are kept by `ui/src/boundaries.test.ts`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_top_level_is_the_map() {
    let listed = output(
        "git",
        &[
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ],
    );
    let found: BTreeSet<&str> = listed
        .split('\0')
        .filter(|path| !path.is_empty() && root().join(path).exists())
        .map(|path| path.split('/').next().unwrap_or(path))
        .filter(|name| !name.starts_with('.'))
        .collect();
    let required = [
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "Makefile",
        "README.md",
        "icons",
        "src-tauri",
        "tauri.conf.json",
        "tests",
        "ui",
    ];
    for name in required {
        assert!(found.contains(name), "{name} is missing at the top level");
    }
    for name in found {
        assert!(
            required.contains(&name) || name == "CHANGELOG.md",
            "{name} does not belong at the top level: it shows the whole house at one look"
        );
    }
}

/// What each of our crates depends on, by name: directly, and through others.
struct Dependencies {
    direct: BTreeMap<String, BTreeSet<String>>,
    all: BTreeMap<String, BTreeSet<String>>,
}

fn dependencies() -> Dependencies {
    let text = output(
        env!("CARGO"),
        &[
            "metadata",
            "--format-version=1",
            "--locked",
            "--offline",
            "--filter-platform=x86_64-unknown-linux-gnu",
        ],
    );
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let names: BTreeMap<&str, &str> = array(&metadata["packages"])
        .map(|package| (text_of(&package["id"]), text_of(&package["name"])))
        .collect();
    let arrows: BTreeMap<&str, Vec<&str>> = array(&metadata["resolve"]["nodes"])
        .map(|node| {
            let needed = array(&node["deps"])
                .filter(|dep| {
                    // `null` is an ordinary dependency; tests may know more than the program.
                    array(&dep["dep_kinds"]).any(|kind| kind["kind"] != "dev")
                })
                .map(|dep| text_of(&dep["pkg"]))
                .collect();
            (text_of(&node["id"]), needed)
        })
        .collect();
    let mut found = Dependencies {
        direct: BTreeMap::new(),
        all: BTreeMap::new(),
    };
    for member in array(&metadata["workspace_members"]).map(text_of) {
        let name = names[member].to_owned();
        let direct = arrows[member].iter().map(|id| names[id].to_owned());
        found.direct.insert(name.clone(), direct.collect());
        // Not from the same metadata: it has each crate with what all of ours together ask of it,
        // so that lettre, which only writes mails for the rules, would bring them a network.
        let tree = output(
            env!("CARGO"),
            &[
                "tree",
                "--locked",
                "--offline",
                "--package",
                &name,
                "--edges=normal,build",
                "--prefix=none",
                "--target=x86_64-unknown-linux-gnu",
            ],
        );
        let all: BTreeSet<String> = (tree.lines().skip(1))
            .filter_map(|line| line.split(' ').next())
            .filter(|needed| !needed.is_empty() && *needed != name)
            .map(str::to_owned)
            .collect();
        found.all.insert(name, all);
    }
    found
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn our_crates_know_only_those_below_them() {
    let found = dependencies();
    let expected = BTreeMap::from([
        ("draftwell-core", vec![]),
        ("draftwell-store", vec!["draftwell-core"]),
        ("draftwell-providers", vec!["draftwell-core"]),
        (
            "draftwell",
            vec!["draftwell-core", "draftwell-providers", "draftwell-store"],
        ),
    ]);
    let ours: BTreeMap<&str, Vec<&str>> = found
        .direct
        .iter()
        .map(|(name, direct)| {
            let ours = direct.iter().filter(|dep| found.direct.contains_key(*dep));
            (name.as_str(), ours.map(String::as_str).collect())
        })
        .collect();
    assert_eq!(ours, expected);
}

#[test]
fn no_crate_reaches_a_layer_that_is_not_its_own() {
    const WINDOW: &[&str] = &["tauri", "wry", "tao", "gtk", "webkit2gtk"];
    const SQL: &[&str] = &["rusqlite", "libsqlite3-sys"];
    const NETWORK: &[&str] = &["reqwest", "hyper", "rustls", "oauth2", "native-tls"];
    const KEYRING: &[&str] = &["keyring", "keyring-core", "zbus"];
    const RUNTIME: &[&str] = &["tokio", "async-std", "smol"];
    let found = dependencies();
    for (name, layer, forbidden) in [
        ("draftwell-core", "a window", WINDOW),
        ("draftwell-core", "SQL", SQL),
        ("draftwell-core", "a network", NETWORK),
        ("draftwell-core", "a keyring", KEYRING),
        ("draftwell-core", "a runtime", RUNTIME),
        ("draftwell-store", "a window", WINDOW),
        ("draftwell-store", "a network", NETWORK),
        ("draftwell-store", "a keyring", KEYRING),
        ("draftwell-providers", "a window", WINDOW),
        ("draftwell-providers", "SQL", SQL),
    ] {
        for dependency in forbidden {
            assert!(
                !found.all[name].contains(*dependency),
                "{name} must not know {layer}, but {dependency} comes in: \
                 cargo tree --package {name} --invert {dependency}"
            );
        }
    }
    for (layer, forbidden) in [("SQL", SQL), ("network", NETWORK)] {
        for dependency in forbidden {
            assert!(
                !found.direct["draftwell"].contains(*dependency),
                "the shell reaches for {dependency} itself; {layer} has a crate of its own"
            );
        }
    }
}

#[test]
fn rules_and_sql_read_no_environment_and_files_of_their_own() {
    // core is handed everything it needs; what is read from outside is the shell's business.
    for (folder, words) in [
        (
            "src-tauri/core/src",
            ["std::env", "std::fs", "std::net", "std::process"].as_slice(),
        ),
        ("src-tauri/store/src", ["std::env", "std::net"].as_slice()),
    ] {
        let mut seen = 0;
        for file in rust_files_below(&root().join(folder)) {
            if file.to_string_lossy().ends_with("tests.rs") {
                continue;
            }
            seen += 1;
            let text = fs::read_to_string(&file).unwrap();
            // Tests come last in a file and may use whatever they like.
            let program = text.split("#[cfg(test)]").next().unwrap_or(&text);
            for word in words {
                assert!(
                    !program.contains(word),
                    "{} uses {word}: take what it gives as an argument",
                    file.display()
                );
            }
        }
        assert!(seen > 0, "{folder} was not looked at");
    }
}

fn rust_files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
