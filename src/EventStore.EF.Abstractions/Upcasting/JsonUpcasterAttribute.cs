namespace EventStore.EF;

/// <summary>Says which stored events an <see cref="IJsonUpcaster"/> reads, and what it makes of them.</summary>
/// <param name="name">The stored name that it reads.</param>
/// <param name="version">The stored version that it reads, which no type has any more.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class JsonUpcasterAttribute(string name, int version) : Attribute
{
    /// <summary>The stored name that it reads.</summary>
    public string Name { get; } = name;

    /// <summary>The stored version that it reads.</summary>
    public int Version { get; } = version;

    /// <summary>The name of what it makes; by default the same.</summary>
    public string? ToName { get; set; }

    /// <summary>The version of what it makes: of a type, or of another such upcaster. By default, and when 0, the next one.</summary>
    public int ToVersion { get; set; }
}
