using System.ComponentModel;

namespace EventStore.EF;

/// <summary>
/// Declares that this assembly stores <paramref name="clrType"/> under this name and version, so that the generator of an application can
/// detect two types with the same name in different assemblies. Written by the generator.
/// </summary>
/// <param name="name">The stored name, or an alias.</param>
/// <param name="version">The version of the type's shape.</param>
/// <param name="clrType">The type.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class EventContractAttribute(string name, int version, Type clrType) : Attribute
{
    /// <summary>The stored name, or an alias.</summary>
    public string Name { get; } = name;

    /// <summary>The version of the type's shape.</summary>
    public int Version { get; } = version;

    /// <summary>The type.</summary>
    public Type ClrType { get; } = clrType;
}
