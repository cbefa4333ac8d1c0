using System.Text.Json;
using System.Text.Unicode;

namespace EventStore.EF;

/// <summary>Media types of payloads.</summary>
internal static class ContentTypes
{
    /// <summary>That of the generated serializers. It is not stored: a payload without a content type has it.</summary>
    public const string Json = "application/json";

    /// <summary>That of bytes without a content type, written by other means than the store.</summary>
    public const string Bytes = "application/octet-stream";

    private const int MaxLength = 100;

    /// <summary>Whether payloads of this type are stored in a JSON column.</summary>
    public static bool IsJson(string contentType)
        => contentType.Equals(Json, StringComparison.OrdinalIgnoreCase) || contentType.EndsWith("+json", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">It is empty, too long, or has other characters than a media type has.</exception>
    public static void Check(string contentType, string parameter)
    {
        if (string.IsNullOrEmpty(contentType) || contentType.Length > MaxLength || !contentType.All(character => character is > ' ' and <= '~'))
            throw new ArgumentException($"A content type has 1 to {MaxLength} printable ASCII characters without spaces, as in 'application/x-protobuf'; this one is '{contentType}'.", parameter);
    }

    /// <exception cref="JsonException">The bytes aren't one JSON value, which the database would refuse.</exception>
    public static void CheckJson(ReadOnlySpan<byte> payload)
    {
        // The reader looks into no text.
        if (!Utf8.IsValid(payload))
            throw new JsonException("The payload is not UTF-8.");

        var reader = new Utf8JsonReader(payload);
        while (reader.Read())
        {
        }
    }
}
