using System.Text.Json;

namespace EventStore.EF;

/// <summary>Runs a generated reader; whatever it doesn't understand is left to the serialization metadata.</summary>
internal static class StraightReader
{
    /// <summary>Whether the reader understood everything.</summary>
    public static bool TryRead(EventJsonReader? read, ReadOnlySpan<byte> json, out object? value)
    {
        value = null;
        if (read is null)
            return false;
        var reader = new Utf8JsonReader(json);
        try
        {
            return reader.Read() && read(ref reader, out value) && !reader.Read();
        }
#pragma warning disable CA1031 // Malformed JSON, a converter, the user's constructor: the second reading throws it again.
        catch (Exception)
        {
            return false;
        }
#pragma warning restore CA1031
    }
}
