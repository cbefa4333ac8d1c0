using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventStore.EF;

/// <summary>Leads events of the past on to their newest version. What the generator has composed are steps of a whole assembly each.</summary>
internal sealed class Upcasters
{
    private readonly Dictionary<Type, UpcasterDescriptor> _typed = [];
    private readonly Dictionary<(string Name, int Version), JsonUpcasterDescriptor> _json = [];

    /// <exception cref="ArgumentException">Another upcaster reads the same.</exception>
    public void Add(UpcasterDescriptor upcaster)
    {
        if (!_typed.TryAdd(upcaster.From, upcaster))
            throw new ArgumentException($"Two upcasters read {upcaster.From}; remove one.");
    }

    /// <exception cref="ArgumentException">Another upcaster reads the same.</exception>
    public void Add(JsonUpcasterDescriptor upcaster)
    {
        if (!_json.TryAdd((upcaster.Name, upcaster.Version), upcaster))
            throw new ArgumentException($"Two upcasters read '{upcaster.Name}' version {upcaster.Version}; remove one.");
    }

    /// <summary>Whether the JSON of this version is led on to another before it becomes an object.</summary>
    public bool ReadsJson(string name, int version) => _json.ContainsKey((name, version));

    /// <summary>The stored names that are led on by their JSON.</summary>
    public IEnumerable<string> JsonNames => _json.Keys.Select(key => key.Name);

    /// <summary>The versions of a stored name that are led on by their JSON.</summary>
    public IEnumerable<int> JsonVersionsOf(string name) => _json.Keys.Where(key => key.Name == name).Select(key => key.Version);

    /// <summary>The JSON as the newest version has it, with that version; null when the event is dropped on the way.</summary>
    public (string Name, int Version, byte[] Payload)? UpcastJson(string name, int version, ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        if (JsonNode.Parse(ref reader) is not JsonObject json)
            throw new JsonException("The payload is no JSON object, which an upcaster needs.");

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

    /// <summary>The event as its newest version, or as the several events that it stands for today.</summary>
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

    /// <summary>The type that events of a type are read as; null when they are read as several, or none.</summary>
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

    /// <summary>The stored versions that are read by their JSON, and the one that each ends as.</summary>
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

    /// <exception cref="ArgumentException">A chain leads back to where it began, or ends nowhere.</exception>
    public void Check(Func<string, int, bool> isKnown)
    {
        foreach (var start in _typed.Values)
        {
            var steps = 0;
            for (var type = start.To; type is not null && _typed.TryGetValue(type, out var next); type = next.To)
            {
                if (++steps > _typed.Count)
                    throw new ArgumentException($"The upcasters of {start.From} lead round in a circle.");
            }
        }

        foreach (var start in _json.Values)
        {
            var steps = 0;
            var last = start;
            while (_json.TryGetValue((last.ToName, last.ToVersion), out var next))
            {
                if (++steps > _json.Count)
                    throw new ArgumentException($"The upcasters of '{start.Name}' version {start.Version} lead round in a circle.");
                last = next;
            }

            if (!isKnown(last.ToName, last.ToVersion))
            {
                throw new ArgumentException(
                    $"The upcasters of '{start.Name}' version {start.Version} end at '{last.ToName}' version {last.ToVersion}, which no type reads.");
            }
        }
    }
}
