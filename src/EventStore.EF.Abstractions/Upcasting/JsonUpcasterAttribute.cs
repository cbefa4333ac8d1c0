namespace EventStore.EF;

/// <summary>Declares which stored events an <see cref="IJsonUpcaster"/> reads, and which version it produces.</summary>
/// <param name="name">The stored name that it reads.</param>
/// <param name="version">The stored version that it reads, which no type has any more.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class JsonUpcasterAttribute(string name, int version) : Attribute
{
    /// <summary>The stored name that it reads.</summary>
    public string Name { get; } = name;

    /// <summary>The stored version that it reads.</summary>
    public int Version { get; } = version;

    /// <summary>The stored name of the result; by default the same name.</summary>
    public string? ToName { get; set; }

    /// <summary>
    /// The version of the result: that of a type, or one that another such upcaster reads. By default, and if 0, the next version.
    /// </summary>
    public int ToVersion { get; set; }
}
