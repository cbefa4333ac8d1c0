using System.Text;

namespace EventStore.EF;

/// <summary>
/// Checks that text is well-formed Unicode: UTF-8, and therefore JSON and the databases, can't represent half of a surrogate pair.
/// </summary>
internal static class WellFormed
{
    /// <summary>The index of the first lone surrogate, or -1.</summary>
    public static int IndexOfLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var index = text.IndexOfAnyInRange('\uD800', '\uDFFF'); index >= 0 && index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
                continue;

            if (Rune.DecodeFromUtf16(text[index..], out _, out _) is not System.Buffers.OperationStatus.Done)
                return index;

            index++;
        }

        return -1;
    }

    /// <exception cref="ArgumentException">The text has a lone surrogate.</exception>
    public static void Check(string text, string what, string parameter)
    {
        if (IndexOfLoneSurrogate(text) is >= 0 and var index)
        {
            throw new ArgumentException(
                $"{what} must be well-formed Unicode. This one has a lone surrogate U+{(int)text[index]:X4} at index {index}.", parameter);
        }
    }
}
