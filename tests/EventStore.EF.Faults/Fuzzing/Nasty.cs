using CsCheck;

namespace EventStore.EF.Faults;

/// <summary>Texts and bytes as somebody would choose them who means harm, or doesn't know better.</summary>
internal static class Nasty
{
    private static readonly Gen<string> Known = Gen.OneOf(
        "", " ", "'", "\"", "';--", "'; DROP TABLE eventstore.events; --", "\" OR \"1\"=\"1", "$$", "$1", ":p0", "@name", "{schema}", "%", "_", "\\", "%_\\", "?",
        "../../etc/passwd", "C:\\Windows", "/dev/null", "CON", "a/b", "file:///x", "\0", "\n", "\r\n", "\t", "\u001b[31m", "\u0085", "\u200b", "\ufeff", "\u202e",
        "\ud83d", "\ude00\ud83d", "😀", "é", "e\u0301", "ﬀ", "İ", "ß", "𝔘", "null", "true", "NaN", "1e999", "$all", "$ce-order", "{}", "[]", "</script>", "${jndi:ldap://x}");

    /// <summary>Any characters, halves of surrogate pairs among them.</summary>
    private static readonly Gen<string> Characters = Gen.Char.Array[0, 40].Select(characters => new string(characters));

    private static readonly Gen<string> Long = Gen.Select(Gen.Char.AlphaNumeric, Gen.Int[200, 300], (character, length) => new string(character, length));

    private static readonly Gen<string> Tame = Gen.String[Gen.Char.AlphaNumeric, 1, 30];

    public static Gen<string> Text { get; } = Gen.OneOf(Known, Characters, Gen.String, Tame, Long, Gen.Select(Known, Tame, Known, (first, middle, last) => first + middle + last));

    /// <summary>Text without halves of surrogate pairs, of any other kind.</summary>
    public static Gen<string> WellFormedText { get; } = Text.Select(text => new string([.. text.Where(character => !char.IsSurrogate(character))]));

    /// <summary>Bytes, often nearly JSON.</summary>
    public static Gen<byte[]> Bytes { get; } = Gen.OneOf(
        Gen.Byte.Array[0, 60],
        Gen.Select(Text, Text, (name, value) => System.Text.Encoding.UTF8.GetBytes($"{{\"{name}\":\"{value}\"}}")),
        Gen.OneOf("{}", "[]", "null", "1", "\"x\"", "{\"operation\":1}", "{\"$type\":\"System.Diagnostics.Process\"}", "{\"operation\":\"a\",\"number\":99999999999}", "{", "{\"a\":{\"a\":{\"a\":[", "\ufeff{}")
            .Select(System.Text.Encoding.UTF8.GetBytes));
}
