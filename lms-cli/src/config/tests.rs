use super::*;

fn globals(arguments: &[&str]) -> GlobalArgs {
    use clap::Parser;
    let arguments = [&["lmsctl"], arguments, &["config", "show"]].concat();
    crate::cli::Cli::try_parse_from(arguments).expect("valid arguments").globals
}

fn failure(result: Result<Config>) -> Error {
    match result {
        Err(crate::error::Stop::Failed(error)) => error,
        other => panic!("expected an error, got {other:?}"),
    }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("lms.toml"), text).expect("it can be written");
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("lms.toml")
    }

    fn named(&self) -> Environment {
        Environment { config: Some(self.file()), ..Environment::default() }
    }
}

#[test]
fn flag_before_environment_before_file_before_default() {
    let folder = Folder::with("[database]\nurl = \"postgres://file/lms\"\n");
    let mut environment = folder.named();
    environment.data_folder = Some("/data".into());
    let winner = |arguments: &[&str], environment: &Environment| {
        let config = Config::load(&globals(arguments), environment).expect("it is valid");
        let setting = config.settings()[0].clone();
        (setting.value.expect("there is a value"), setting.source)
    };

    let file = Source::File { path: folder.file(), line: 2 };
    assert_eq!(winner(&[], &environment), ("postgres://file/lms".into(), file));
    environment.database_url = Some("postgres://environment/lms".into());
    assert_eq!(
        winner(&[], &environment),
        ("postgres://environment/lms".into(), Source::Environment("LMS_DATABASE_URL"))
    );
    assert_eq!(
        winner(&["--database", "postgres://flag/lms"], &environment),
        ("postgres://flag/lms".into(), Source::Flag("--database"))
    );
    let nothing = Environment { data_folder: Some("/data".into()), ..Environment::default() };
    assert_eq!(winner(&[], &nothing), ("sqlite:/data/lms/lms.db".into(), Source::Default));
}

#[test]
fn a_named_file_comes_before_those_that_are_found() {
    let named = Folder::with("[output]\nformat = \"json\"\n");
    let by_flag = Folder::with("[output]\nformat = \"csv\"\n");
    let environment = named.named();
    let config = Config::load(&globals(&[]), &environment).expect("it is valid");
    assert_eq!(config.format(), Some(Format::Json));
    let flag = by_flag.file().display().to_string();
    let config = Config::load(&globals(&["--config", &flag]), &environment).expect("it is valid");
    assert_eq!(config.format(), Some(Format::Csv));
}

#[test]
fn a_named_file_must_be_there() {
    let environment =
        Environment { config: Some("/no/such/lms.toml".into()), ..Default::default() };
    let error = failure(Config::load(&globals(&[]), &environment));
    assert_eq!(
        error.message(),
        "cannot read the configuration `/no/such/lms.toml`: no such file or directory"
    );
}

#[test]
fn without_a_home_folder_only_the_default_database_is_missing() {
    let config = Config::load(&globals(&[]), &Environment::default()).expect("nothing is wrong");
    assert!(config.database_url().is_err());
    assert_eq!(config.format(), Some(Format::Table));
}

#[test]
fn mistakes_are_told_with_file_line_and_what_was_meant() {
    let told = |text: &str| {
        let folder = Folder::with(text);
        let error = failure(Config::load(&globals(&[]), &folder.named()));
        let message = error.message().replace(&folder.file().display().to_string(), "lms.toml");
        (message, error.hints().join(" "))
    };
    let pair = |message: &str, hint: &str| (message.to_owned(), hint.to_owned());
    assert_eq!(
        told("# ours\n[database]\n\nulr = \"sqlite:x\"\n"),
        pair("lms.toml:4: unknown key `database.ulr`", "did you mean `database.url`?")
    );
    assert_eq!(
        told("[databse]\nurl = \"sqlite:x\"\n"),
        pair("lms.toml:1: unknown key `databse`", "did you mean `database`?")
    );
    assert_eq!(
        told("listen = \"127.0.0.1:1\"\n"),
        pair("lms.toml:1: unknown key `listen`", "write `listen` below `[http]`")
    );
    assert_eq!(
        told("[output]\nformat = \"jsn\"\n"),
        pair("lms.toml:2: `output.format` cannot be `jsn`", "did you mean `json`?")
    );
    assert_eq!(
        told("[http]\nlisten = 8080\n"),
        pair(
            "lms.toml:2: `http.listen` must be a text, but it is of type integer",
            "put the value into double quotes"
        )
    );
    assert!(told("[http]\nlisten = \n").0.starts_with("lms.toml:2: "));
}

#[test]
fn passwords_are_refused_in_a_flag_and_in_the_file() {
    let url = "postgres://ada:s3cret@db/lms";
    let error = failure(Config::load(&globals(&["--database", url]), &Environment::default()));
    let all = format!("{} {:?}", error.message(), error.hints());
    for word in ["LMS_DATABASE_URL", "database.password_file", "PGPASSFILE"] {
        assert!(all.contains(word), "{all}");
    }
    assert!(!all.contains("s3cret"));

    let folder = Folder::with(&format!("[database]\nurl = \"{url}\"\n"));
    // It is refused even where another source wins.
    let mut environment = folder.named();
    environment.database_url = Some(url.into());
    failure(Config::load(&globals(&[]), &environment));
    environment.config = None;
    let config = Config::load(&globals(&[]), &environment).expect("the environment may hold it");
    assert!(!config.settings()[0].shown().expect("a value").contains("s3cret"));
}

#[cfg(unix)]
#[test]
fn a_password_file_must_be_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder =
        Folder::with("[database]\nurl = \"postgres://ada@db/lms\"\npassword_file = \"secret\"\n");
    let secret = folder.0.path().join("secret");
    std::fs::write(&secret, "s3cret\n").expect("it can be written");
    let config = Config::load(&globals(&[]), &folder.named()).expect("it is valid");

    let allow = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&secret, permissions).expect("it is ours");
    };
    allow(0o640);
    assert!(config.password_for("postgres://ada@db/lms").is_err());
    allow(0o600);
    assert_eq!(
        config.password_for("postgres://ada@db/lms").expect("it is ours").as_deref(),
        Some("s3cret")
    );
}

#[test]
fn paths_in_the_file_start_beside_the_file() {
    let folder = Folder::with("[database]\nurl = \"sqlite:lms.db\"\n");
    let config = Config::load(&globals(&[]), &folder.named()).expect("it is valid");
    let expected = format!("sqlite:{}", folder.0.path().join("lms.db").display());
    assert_eq!(config.database_url().expect("there is one"), expected);
}

#[test]
fn a_place_for_files_is_a_folder_or_a_bucket_and_shows_no_key() {
    let refused = |url: &str| {
        let folder = Folder::with(&format!("[files]\nurl = \"{url}\"\n"));
        let config = Config::load(&globals(&[]), &folder.named()).expect("it can be read");
        let shown: Vec<String> = config.settings().iter().filter_map(Setting::shown).collect();
        let error = config.check_files().err();
        (error.map(|error| format!("{} {}", error.message(), error.hints().join(" "))), shown)
    };
    for url in
        ["s3://KEY:S3CRET@files", "https://KEY:S3CRET@s3.example/files", "s3://files?key=S3CRET"]
    {
        let (error, shown) = refused(url);
        let error = error.expect("it is refused");
        assert!(error.contains("s3://") && !error.contains("S3CRET"), "{error}");
        assert!(!shown.concat().contains("S3CRET"), "{shown:?}");
    }
    #[cfg(feature = "s3")]
    assert_eq!(refused("s3://acme-files/lms").0, None);
}
