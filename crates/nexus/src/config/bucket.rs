//! What is wrong with the settings of the bucket for logos.

use super::{Settings, origin};

/// Each a sentence that says what to do.
pub(super) fn problems(settings: &Settings) -> Vec<String> {
    let mut problems = Vec::new();
    let mut check = |fine: bool, problem: &str| {
        if !fine {
            problems.push(problem.to_owned());
        }
    };
    let Some(bucket) = &settings.s3_bucket else {
        let given = [&settings.s3_endpoint, &settings.s3_access_key, &settings.s3_secret_key];
        let given = given.iter().any(|value| value.is_some()) || settings.s3_ca_file.is_some();
        check(!given, "s3_bucket is missing: the other settings of S3 mean nothing without NEXUS_S3_BUCKET");
        return problems;
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    check(
        (3..=63).contains(&bucket.len()) && bucket.chars().all(plain),
        "s3_bucket must be the bucket's name alone: 3 to 63 small letters, digits, dots and hyphens",
    );
    check(
        settings.s3_access_key.is_some() && settings.s3_secret_key.is_some(),
        "s3_access_key and s3_secret_key are needed with s3_bucket: set NEXUS_S3_ACCESS_KEY and NEXUS_S3_SECRET_KEY",
    );
    check(
        settings.s3_endpoint.as_deref().is_none_or(|endpoint| origin(endpoint).is_some()),
        "s3_endpoint must be one origin such as https://s3.example.org, without a path",
    );
    check(!settings.s3_region.trim().is_empty(), "s3_region must not be empty; us-east-1 where there are no regions");
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_needs_its_keys() {
        let with = |change: fn(&mut Settings)| {
            let mut settings = Settings {
                s3_bucket: Some("nexus-logos".into()),
                s3_endpoint: Some("https://s3.example.org:9000".into()),
                s3_access_key: Some("someone".into()),
                s3_secret_key: Some("secret-of-bucket".into()),
                ..Settings::default()
            };
            change(&mut settings);
            assert!(!settings.explain().contains("secret-of-bucket"));
            settings.problems()
        };
        assert_eq!(with(|_| {}), Vec::<String>::new());
        assert_eq!(with(|s| s.s3_endpoint = None), Vec::<String>::new());
        let one = |change: fn(&mut Settings), word: &str| {
            let problems = with(change);
            assert!(problems.len() == 1 && problems[0].contains(word), "{word}: {problems:?}");
        };
        one(|s| s.s3_bucket = None, "NEXUS_S3_BUCKET");
        one(|s| s.s3_bucket = Some("s3://x/y".into()), "s3_bucket");
        one(|s| s.s3_secret_key = None, "NEXUS_S3_SECRET_KEY");
        one(|s| s.s3_endpoint = Some("s3.example.org".into()), "s3_endpoint");
        one(|s| s.s3_endpoint = Some("https://s3.example.org/bucket".into()), "s3_endpoint");
        one(|s| s.s3_region = String::new(), "s3_region");
        one(|s| s.s3_ca_file = Some("/nowhere/ca.pem".into()), "/nowhere/ca.pem");
    }
}
