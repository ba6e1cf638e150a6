//! What it costs to compile services, and how large they are.
//!
//! Three crates with the same service are made, of which one is bare, one has five interceptors before each
//! method, and one is behind as many tower layers. What they depend on is compiled before anything counts.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The crates, by what stands before their methods.
pub(crate) const WHO: [&str; 3] = ["tonic alone", "vestibule", "tower layers"];

/// What one crate costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// `cargo check` of the crate alone, and once more when a line of it has changed.
    pub(crate) check: [Duration; 2],
    /// The same for `cargo build`.
    pub(crate) build: [Duration; 2],
    /// The program by `cargo build --release`, in bytes.
    pub(crate) size: u64,
}

/// Compiles a service of so many methods in each of the [ways](WHO).
///
/// # Panics
///
/// It can't be done: the error is cargo's.
pub(crate) fn costs(methods: usize) -> Vec<Cost> {
    let folder = std::env::temp_dir().join(format!("vestibule-benches-{methods}"));
    write_workspace(&folder, methods);
    WHO.map(|who| cost(&folder, &package(who))).to_vec()
}

fn cost(folder: &Path, package: &str) -> Cost {
    let main = folder.join(package).join("src").join("main.rs");
    let measure = |arguments: &[&str]| {
        cargo(folder, arguments, package);
        let clean = best(3, || {
            cargo(folder, &["clean"], package);
            cargo(folder, arguments, package)
        });
        let mut edits = 0;
        let changed = best(3, || {
            edits += 1;
            let text = fs::read_to_string(&main).expect("it was written");
            let (text, _) = text.split_once("// edited").expect("its last line");
            fs::write(&main, format!("{text}// edited\nconst _: u32 = {edits};\n"))
                .expect("it can be written");
            cargo(folder, arguments, package)
        });
        [clean, changed]
    };
    let (check, build) = (measure(&["check"]), measure(&["build"]));
    cargo(folder, &["build", "--release"], package);
    let size = fs::metadata(folder.join("target/release").join(package)).expect("it was built").len();
    Cost { check, build, size }
}

fn best(times: u32, mut measure: impl FnMut() -> Duration) -> Duration {
    (0..times).map(|_| measure()).min().expect("at least once")
}

fn cargo(folder: &Path, arguments: &[&str], package: &str) -> Duration {
    let started = Instant::now();
    let status = Command::new("cargo")
        .args(arguments)
        .args(["--offline", "--quiet", "--package", package])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("CARGO_INCREMENTAL")
        .stdout(Stdio::null())
        .status()
        .expect("cargo runs");
    assert!(status.success(), "cargo {arguments:?} of {package}");
    started.elapsed()
}

fn package(who: &str) -> String {
    format!("with-{}", who.replace(' ', "-"))
}

fn write_workspace(folder: &Path, methods: usize) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root.canonicalize().expect("the workspace");
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    };
    fs::create_dir_all(folder).expect("it can be made");
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("it is there");
    let members = WHO.map(|who| format!("{:?}, ", package(who))).concat();
    write("Cargo.toml", &format!("[workspace]\nresolver = \"3\"\nmembers = [{members}\"api\"]\n"));
    write(
        "api/Cargo.toml",
        &manifest(
            "api",
            "prost = \"0.14\"\ntonic = { version = \"0.14\", default-features = false, features = [\"codegen\"] }\n\
             tonic-prost = \"0.14\"\n\n[build-dependencies]\nprotox = \"0.10\"\ntonic-prost-build = \"0.14\"\n",
        ),
    );
    write("api/src/lib.rs", "tonic::include_proto!(\"api\");\n");
    write(
        "api/build.rs",
        "fn main() {\n    let files = protox::compile([\"api.proto\"], [\".\"]).unwrap();\n    \
         tonic_prost_build::configure().compile_fds(files).unwrap();\n}\n",
    );
    write("api/api.proto", &proto(methods));
    for who in WHO {
        let package = package(who);
        let dependencies = format!(
            "api = {{ path = \"../api\" }}\ntokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\", \"sync\"] }}\n\
             tonic = {{ version = \"0.14\", features = [\"transport\"] }}\ntower-layer = \"0.3\"\ntower-service = \"0.3\"\nhttp = \"1\"\n\
             vestibule = {{ path = {:?} }}\n",
            root.join("runtime"),
        );
        write(&format!("{package}/Cargo.toml"), &manifest(&package, &dependencies));
        write(&format!("{package}/src/main.rs"), &main_of(who, methods));
    }
}

fn manifest(name: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}"
    )
}

fn proto(methods: usize) -> String {
    let mut text = "syntax = \"proto3\";\npackage api;\nservice Api {\n".to_owned();
    for nth in 0..methods {
        let _ = writeln!(text, "  rpc Method{nth}(Request{nth}) returns (Response{nth});");
    }
    text.push_str("}\n");
    for nth in 0..methods {
        let _ = writeln!(
            text,
            "message Request{nth} {{ string text = 1; }}\nmessage Response{nth} {{ string text = 1; }}"
        );
    }
    text
}

const BARE: &str = include_str!("compile/bare.rs.txt");
const VESTIBULE: &str = include_str!("compile/vestibule.rs.txt");
const TOWER: &str = include_str!("compile/tower.rs.txt");

/// A program, with a method for each rpc.
fn main_of(who: &str, methods: usize) -> String {
    let template = match who {
        "vestibule" => VESTIBULE,
        "tower layers" => TOWER,
        _ => BARE,
    };
    let (before, rest) = template.split_once("// method\n").expect("there is a method");
    let (method, after) = rest.split_once("// end\n").expect("it ends");
    let all: String = (0..methods).map(|nth| method.replace("{nth}", &nth.to_string())).collect();
    format!("{before}{all}{after}// edited\n")
}
