//! The time that it takes to compile a service, and the size of its program.
//!
//! Three crates have the same service: one without interceptors, one with five interceptors in front of each method, and
//! one behind as many tower layers. Their dependencies are compiled before anything is measured.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The crates, named after what stands in front of their methods.
pub(crate) const SUBJECTS: [&str; 3] = ["tonic alone", "vestibule", "tower layers"];

/// The cost of one crate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// The time of `cargo check` for the crate alone, from scratch and after a change of one line.
    pub(crate) check: [Duration; 2],
    /// The times of `cargo build`, likewise.
    pub(crate) build: [Duration; 2],
    /// The size in bytes of the program that `cargo build --release` makes.
    pub(crate) size: u64,
}

/// Compiles a service with this number of methods for each of the [subjects](SUBJECTS).
///
/// # Panics
///
/// cargo fails, and prints why.
pub(crate) fn costs(methods: usize) -> Vec<Cost> {
    let folder = std::env::temp_dir().join(format!("vestibule-benches-{methods}"));
    write_workspace(&folder, methods);
    SUBJECTS.map(|subject| cost(&folder, &package(subject))).to_vec()
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
            let text = fs::read_to_string(&main).expect("the program was written");
            let (text, _) = text.split_once("// edited").expect("the program ends with that line");
            fs::write(&main, format!("{text}// edited\nconst _: u32 = {edits};\n"))
                .expect("the temporary folder is writable");
            cargo(folder, arguments, package)
        });
        [clean, changed]
    };
    let (check, build) = (measure(&["check"]), measure(&["build"]));
    cargo(folder, &["build", "--release"], package);
    let size =
        fs::metadata(folder.join("target/release").join(package)).expect("cargo has built the program").len();
    Cost { check, build, size }
}

fn best(times: u32, mut measure: impl FnMut() -> Duration) -> Duration {
    (0..times).map(|_| measure()).min().expect("there is a measurement")
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

fn package(subject: &str) -> String {
    format!("with-{}", subject.replace(' ', "-"))
}

fn write_workspace(folder: &Path, methods: usize) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root.canonicalize().expect("the workspace is there");
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder"))
            .expect("the temporary folder is writable");
        fs::write(path, text).expect("the temporary folder is writable");
    };
    fs::create_dir_all(folder).expect("the temporary folder is writable");
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the workspace has a lock file");
    let members = SUBJECTS.map(|subject| format!("{:?}, ", package(subject))).concat();
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
    for subject in SUBJECTS {
        let package = package(subject);
        let dependencies = format!(
            "api = {{ path = \"../api\" }}\ntokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\", \"sync\"] }}\n\
             tonic = {{ version = \"0.14\", features = [\"transport\"] }}\ntower-layer = \"0.3\"\ntower-service = \"0.3\"\nhttp = \"1\"\n\
             vestibule = {{ path = {:?} }}\n",
            root.join("runtime"),
        );
        write(&format!("{package}/Cargo.toml"), &manifest(&package, &dependencies));
        write(&format!("{package}/src/main.rs"), &main_of(subject, methods));
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

/// Returns the program of a subject, with a method for each rpc.
fn main_of(subject: &str, methods: usize) -> String {
    let template = match subject {
        "vestibule" => VESTIBULE,
        "tower layers" => TOWER,
        _ => BARE,
    };
    let (before, rest) = template.split_once("// method\n").expect("a template has a method");
    let (method, after) = rest.split_once("// end\n").expect("the method of a template has an end");
    let all: String = (0..methods).map(|nth| method.replace("{nth}", &nth.to_string())).collect();
    format!("{before}{all}{after}// edited\n")
}
