using System.ComponentModel;
using System.Text.Json.Nodes;

namespace EventStore.EF;

/// <summary>What the store knows of one stored version that is read as another by its JSON.</summary>
public sealed class JsonUpcasterDescriptor
{
    /// <summary>Describes an upcaster; generated code calls this.</summary>
    /// <param name="name">The stored name.</param>
    /// <param name="version">The stored version.</param>
    /// <param name="toName">The name of what it makes.</param>
    /// <param name="toVersion">The version of what it makes.</param>
    /// <param name="upcast">The JSON of that; null when the event is dropped.</param>
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

    /// <summary>The name of what it makes.</summary>
    public string ToName { get; }

    /// <summary>The version of what it makes.</summary>
    public int ToVersion { get; }

    internal Func<JsonObject, JsonObject?> Upcast { get; }
}
