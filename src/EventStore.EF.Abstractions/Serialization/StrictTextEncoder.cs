using System.Text.Encodings.Web;
using System.Text.Json;

namespace EventStore.EF;

/// <summary>
/// Escapes like the default encoder of System.Text.Json, but rejects text that is not well-formed Unicode, which the default silently
/// replaces with U+FFFD.
/// </summary>
internal sealed class StrictTextEncoder : JavaScriptEncoder
{
    /// <summary>Whether the JSON contains U+FFFD, which either replaced a lone surrogate or was in the original text.</summary>
    /// <remarks>The default encoder escapes it; the encoder of an application's own context may not.</remarks>
    public static bool MayHaveReplaced(ReadOnlySpan<byte> json, JsonSerializerOptions options)
        => json.IndexOf("\\uFFFD"u8) >= 0 || (options.Encoder is not null && json.IndexOf("\uFFFD"u8) >= 0);

    public override int MaxOutputCharactersPerInputCharacter => Default.MaxOutputCharactersPerInputCharacter;

    public override bool WillEncode(int unicodeScalar) => Default.WillEncode(unicodeScalar);

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
        => Default.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var index = WellFormed.IndexOfLoneSurrogate(new(text, textLength));
        return index < 0
            ? Default.FindFirstCharacterToEncode(text, textLength)
            : throw new ArgumentException(
                $"The text has a lone surrogate U+{(int)text[index]:X4} at index {index}. It is not well-formed Unicode, " +
                "and would be read back as something else.");
    }
}
