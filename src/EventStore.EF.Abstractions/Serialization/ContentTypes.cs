using System.Text.Json;
using System.Text.Unicode;

namespace EventStore.EF;

/// <summary>Media types of payloads.</summary>
internal static class ContentTypes
{
    /// <summary>The media type of the generated serializers. It is not stored: a payload without a content type has it.</summary>
    public const string Json = "application/json";

    /// <summary>The media type of bytes without a content type, which were not written by the store.</summary>
    public const string Bytes = "application/octet-stream";

    private const int MaxLength = 100;

    /// <summary>Whether payloads of this type are stored in a JSON column.</summary>
    public static bool IsJson(string contentType)
        => contentType.Equals(Json, StringComparison.OrdinalIgnoreCase)
        || contentType.EndsWith("+json", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">
    /// The content type is empty, too long, or contains characters that a media type doesn't allow.
    /// </exception>
    public static void Check(string contentType, string parameter)
    {
        if (string.IsNullOrEmpty(contentType) || contentType.Length > MaxLength
            || !contentType.All(character => character is > ' ' and <= '~'))
        {
            throw new ArgumentException(
                $"A content type must have 1 to {MaxLength} printable ASCII characters without spaces, such as " +
                $"'application/x-protobuf'. This one is '{contentType}'.", parameter);
        }
    }

    /// <exception cref="JsonException">The bytes are not a single JSON value, so the database would reject them.</exception>
    public static void CheckJson(ReadOnlySpan<byte> payload)
    {
        // The reader doesn't check text.
        if (!Utf8.IsValid(payload))
            throw new JsonException("The payload is not UTF-8.");

        var reader = new Utf8JsonReader(payload);
        while (reader.Read())
        {
        }
    }
}
