//! Values with a form of their own, which few keys share: fields between colons, encoded bytes.

/// What a value of such a key is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `LoadCredential=`: the name of a credential, and where it comes from.
    Credential,
    /// `SetCredential=`: the name of a credential, and its text.
    CredentialText,
    /// `SetCredentialEncrypted=`: the name of a credential, and its bytes in Base64.
    CredentialBytes,
    /// `LogExtraFields=`: `NAME=value` words, the names as journald takes them.
    LogFields,
    /// `LogNamespace=`: a name that can be part of a unit's and a directory's.
    LogNamespace,
    /// `RestrictFileSystems=`: names and groups of file systems, with `~`.
    FileSystems,
    /// `CoredumpFilter=`: kinds of memory, or a number in hexadecimal.
    CoreDump,
    /// `RootHash=`: a hash in hexadecimal, or a path.
    Hash,
    /// `RootHashSignature=`: Base64 behind `base64:`, or a path.
    Signature,
    /// `RootImageOptions=`: options of a mount, with the partition they are for.
    ImageOptions,
    /// `OpenFile=`: a path, a name and options.
    OpenFile,
    /// `NFTSet=`: sets of the firewall.
    FirewallSets,
    /// `StateDirectoryQuota=`: a size, a percentage, or off.
    DirectoryQuota,
    /// `BPFProgram=`: where a program is attached, and its path.
    BpfProgram,
    /// `StandardInputData=`: bytes in Base64.
    Bytes,
}

/// A form's word in the table of keys, what it looks like, and whether systemd fills specifiers in.
type Row = (&'static str, Form, &'static str, bool);

const ROWS: &[Row] = &[
    ("credential", Form::Credential, "a name and a path: name:/path", true),
    ("credential-text", Form::CredentialText, "a name and a text: name:text", true),
    ("credential-bytes", Form::CredentialBytes, "a name and Base64: name:…", true),
    ("log-fields", Form::LogFields, "NAME=value words, the names in capitals", true),
    ("log-namespace", Form::LogNamespace, "a name", true),
    ("file-systems", Form::FileSystems, "file systems such as ext4, and groups: @network", false),
    ("core-dump", Form::CoreDump, "kinds of memory, or a number in hexadecimal", false),
    ("hash", Form::Hash, "a hash in hexadecimal, or a path", true),
    ("signature", Form::Signature, "base64:…, or a path", true),
    ("image-options", Form::ImageOptions, "options, or partition:options", true),
    ("open-file", Form::OpenFile, "a path, a name and options: /path:name:read-only", false),
    ("firewall-sets", Form::FirewallSets, "sets such as cgroup:inet:table:set", false),
    ("directory-quota", Form::DirectoryQuota, "a size, a percentage, or off", false),
    ("bpf-program", Form::BpfProgram, "a place and a path: egress:/sys/fs/bpf/…", true),
    ("bytes", Form::Bytes, "bytes in Base64", false),
];

/// The form of a word in the table of keys, what it looks like, and whether specifiers are filled
/// in.
pub(super) fn of(word: &str) -> Option<(Form, &'static str, bool)> {
    let row = ROWS.iter().find(|row| row.0 == word)?;
    Some((row.1, row.2, row.3))
}
