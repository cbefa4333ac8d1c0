using System.ComponentModel;
using System.Text.Json.Nodes;

namespace EventStore.EF;

/// <summary>Describes an upcaster of one stored version that works on JSON.</summary>
public sealed class JsonUpcasterDescriptor
{
    /// <summary>Describes an upcaster; generated code calls this.</summary>
    /// <param name="name">The stored name.</param>
    /// <param name="version">The stored version.</param>
    /// <param name="toName">The name of the resulting version.</param>
    /// <param name="toVersion">The number of the resulting version.</param>
    /// <param name="upcast">Converts the JSON; returns null if the event is dropped.</param>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    public JsonUpcasterDescriptor(string name, int version, string toName, int toVersion, Func<JsonObject, JsonObject?> upcast)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(toName);
        ArgumentNullException.ThrowIfNull(upcast);
        (Name, Version, ToName, ToVersion, Upcast) = (name, version, toName, toVersion, upcast);
    }

    /// <summary>The stored name.</summary>
    public string Name { get; }

    /// <summary>The stored version.</summary>
    public int Version { get; }

    /// <summary>The name of the resulting version.</summary>
    public string ToName { get; }

    /// <summary>The number of the resulting version.</summary>
    public int ToVersion { get; }

    internal Func<JsonObject, JsonObject?> Upcast { get; }
}
