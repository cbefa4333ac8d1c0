using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventStore.EF;

/// <summary>Upcasts old events to their newest version. Within an assembly, the generator has composed the steps into one.</summary>
internal sealed class Upcasters
{
    private readonly Dictionary<Type, UpcasterDescriptor> _typed = [];
    private readonly Dictionary<(string Name, int Version), JsonUpcasterDescriptor> _json = [];

    /// <exception cref="ArgumentException">Another upcaster reads the same version.</exception>
    public void Add(UpcasterDescriptor upcaster)
    {
        if (!_typed.TryAdd(upcaster.From, upcaster))
            throw new ArgumentException($"Two upcasters read {upcaster.From}; remove one.");
    }

    /// <exception cref="ArgumentException">Another upcaster reads the same version.</exception>
    public void Add(JsonUpcasterDescriptor upcaster)
    {
        if (!_json.TryAdd((upcaster.Name, upcaster.Version), upcaster))
            throw new ArgumentException($"Two upcasters read '{upcaster.Name}' version {upcaster.Version}; remove one.");
    }

    /// <summary>Whether the JSON of this version is upcast before it becomes an object.</summary>
    public bool ReadsJson(string name, int version) => _json.ContainsKey((name, version));

    /// <summary>The stored names whose JSON is upcast.</summary>
    public IEnumerable<string> JsonNames => _json.Keys.Select(key => key.Name);

    /// <summary>The versions of a stored name whose JSON is upcast.</summary>
    public IEnumerable<int> JsonVersionsOf(string name) => _json.Keys.Where(key => key.Name == name).Select(key => key.Version);

    /// <summary>Returns the JSON in its newest version, with that version; null if the event is dropped on the way.</summary>
    public (string Name, int Version, byte[] Payload)? UpcastJson(string name, int version, ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        if (JsonNode.Parse(ref reader) is not JsonObject json)
            throw new JsonException("The payload is not a JSON object, which an upcaster needs.");

        for (; _json.TryGetValue((name, version), out var upcaster); (name, version) = (upcaster.ToName, upcaster.ToVersion))
        {
            if (upcaster.Upcast(json) is not { } next)
                return null;
            json = next;
        }

        var buffer = new System.Buffers.ArrayBufferWriter<byte>(payload.Length);
        using (var writer = new Utf8JsonWriter(buffer))
            json.WriteTo(writer);
        return (name, version, buffer.WrittenSpan.ToArray());
    }

    /// <summary>Returns the event in its newest version, or the several events that it has become.</summary>
    public IReadOnlyList<object> Upcast(object data)
    {
        while (_typed.TryGetValue(data.GetType(), out var upcaster))
        {
            if (upcaster.Several is { } several)
                return [.. several(data).SelectMany(Upcast)];
            data = upcaster.One!(data);
        }

        return [data];
    }

    /// <summary>Returns the type that events of a type are read as; null if they are read as several events, or none.</summary>
    public Type? Newest(Type type)
    {
        while (_typed.TryGetValue(type, out var upcaster))
        {
            if (upcaster.To is not { } next)
                return null;
            type = next;
        }

        return type;
    }

    /// <summary>Returns the stored versions whose JSON is upcast, each with its final version.</summary>
    public IEnumerable<(string Name, (string Name, int Version) Newest)> JsonSources()
    {
        foreach (var upcaster in _json.Values)
        {
            var newest = (upcaster.ToName, upcaster.ToVersion);
            while (_json.TryGetValue(newest, out var next))
                newest = (next.ToName, next.ToVersion);
            yield return (upcaster.Name, newest);
        }
    }

    /// <exception cref="ArgumentException">A chain of upcasters is circular, or ends at a version that no type reads.</exception>
    public void Check(Func<string, int, bool> isKnown)
    {
        foreach (var start in _typed.Values)
        {
            var steps = 0;
            for (var type = start.To; type is not null && _typed.TryGetValue(type, out var next); type = next.To)
            {
                if (++steps > _typed.Count)
                    throw new ArgumentException($"The upcasters of {start.From} form a cycle.");
            }
        }

        foreach (var start in _json.Values)
        {
            var steps = 0;
            var last = start;
            while (_json.TryGetValue((last.ToName, last.ToVersion), out var next))
            {
                if (++steps > _json.Count)
                    throw new ArgumentException($"The upcasters of '{start.Name}' version {start.Version} form a cycle.");
                last = next;
            }

            if (!isKnown(last.ToName, last.ToVersion))
            {
                throw new ArgumentException(
                    $"The upcasters of '{start.Name}' version {start.Version} end at '{last.ToName}' version {last.ToVersion}, " +
                    "which no type reads.");
            }
        }
    }
}
