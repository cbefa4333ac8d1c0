using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace EventStore.EF;

/// <summary>
/// The metadata of an event: immutable text values by key, stored as one JSON object. Keys are compared ordinally.
/// </summary>
/// <example><code>new EventMetadata { ["user"] = "ada", ["tenant"] = "north" }</code></example>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "Metadata is the field's word")]
public sealed class EventMetadata : IReadOnlyDictionary<string, string>
{
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>No metadata.</summary>
    public static EventMetadata Empty { get; } = new();

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _values.Keys;

    /// <inheritdoc/>
    public IEnumerable<string> Values => _values.Values;

    /// <summary>The value stored under <paramref name="key"/>. It can be set only in the object initializer.</summary>
    /// <param name="key">Any well-formed text, not empty.</param>
    /// <exception cref="ArgumentException">
    /// Key or value is missing, the key is empty, or one of them is not well-formed Unicode.
    /// </exception>
    /// <exception cref="KeyNotFoundException">The key to read does not exist.</exception>
    public string this[string key]
    {
        get => _values[key];
        init
        {
            Set(key, value);
        }
    }

    /// <summary>Creates metadata from <paramref name="values"/>; if a key occurs twice, the last value counts.</summary>
    /// <param name="values">Keys, not empty, and their values, all of them well-formed Unicode.</param>
    /// <exception cref="ArgumentException">A key or value is invalid.</exception>
    public static EventMetadata From(IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var metadata = new EventMetadata();
        foreach (var (key, value) in values)
        {
            metadata.Set(key, value);
        }

        return metadata;
    }

    /// <summary>Returns a copy with <paramref name="value"/> under <paramref name="key"/>.</summary>
    public EventMetadata With(string key, string value) => From(this.Append(new(key, value)));

    /// <summary>Returns the metadata as one JSON object, or <see langword="null"/> if there is none.</summary>
    internal byte[]? ToJson()
    {
        if (Count == 0)
            return null;

        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        foreach (var (key, value) in _values)
            writer.WriteString(key, value);

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Reads metadata from a stored JSON object. Whatever was written by other means can be read: a value that is not text is kept as its
    /// JSON, however deep it is, and so is a key or text with a lone surrogate, which .NET can't decode.
    /// </summary>
    internal static EventMetadata FromJson(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
            return Empty;

        var metadata = new EventMetadata();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return Empty;

        foreach (var property in document.RootElement.EnumerateObject())
            metadata._values[NameOf(property)] = ValueOf(property.Value);

        return metadata;
    }

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            // Its raw text begins with the name in quotes. A lone surrogate is in it as an escape.
            var text = property.ToString();
            var end = 1;
            while (text[end] != '"')
                end += text[end] == '\\' ? 2 : 1;

            return text[1..end];
        }
    }

    private static string ValueOf(JsonElement value)
    {
        try
        {
            return value.ToString();
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText();
        }
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Set(string key, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        WellFormed.Check(key, "A metadata key", nameof(key));
        WellFormed.Check(value, $"The metadata value of '{key}'", nameof(value));
        _values[key] = value;
    }
}
