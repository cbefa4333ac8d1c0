using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>
/// The stored names of the events that a subscription or a handler class handles, each with the versions that can be read. Immutable.
/// </summary>
internal sealed class HandledTypes
{
    private readonly SortedDictionary<string, SortedSet<int>> _versions = new(StringComparer.Ordinal);

    private HandledTypes()
    {
    }

    /// <summary>The empty set.</summary>
    public static HandledTypes None { get; } = new();

    /// <summary>The stored names, in ordinal order.</summary>
    public IReadOnlyCollection<string> Names => _versions.Keys;

    /// <param name="types">Pairs of stored name and version.</param>
    public static HandledTypes Of(IEnumerable<(string Name, int Version)> types)
    {
        var handled = new HandledTypes();
        foreach (var (name, version) in types)
            handled.Add(name, version);

        return handled;
    }

    /// <summary>Parses the result of <see cref="ToString"/>; <see langword="null"/> for null.</summary>
    [return: NotNullIfNotNull(nameof(json))]
    public static HandledTypes? Parse(string? json)
    {
        if (json is null)
            return null;

        using var document = JsonDocument.Parse(json);
        return Of(document.RootElement.EnumerateObject().SelectMany(
            name => name.Value.EnumerateArray().Select(version => (name.Name, version.GetInt32()))));
    }

    /// <summary>Whether it handles everything that the other does.</summary>
    public bool Covers(HandledTypes other)
        => other._versions.All(type => _versions.TryGetValue(type.Key, out var versions) && versions.IsSupersetOf(type.Value));

    /// <summary>The union of both.</summary>
    public HandledTypes And(HandledTypes other) => Of(Types.Concat(other.Types));

    /// <summary>The set without these names.</summary>
    public HandledTypes Without(IReadOnlyCollection<string> names) => Of(Types.Where(type => !names.Contains(type.Name)));

    /// <summary>A JSON object of names with their versions, the same for equal sets.</summary>
    public override string ToString()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        foreach (var (name, versions) in _versions)
        {
            json.WriteStartArray(name);
            foreach (var version in versions)
                json.WriteNumberValue(version);

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private IEnumerable<(string Name, int Version)> Types
        => _versions.SelectMany(type => type.Value.Select(version => (type.Key, version)));

    private void Add(string name, int version)
    {
        if (!_versions.TryGetValue(name, out var versions))
            _versions.Add(name, versions = []);

        versions.Add(version);
    }
}
