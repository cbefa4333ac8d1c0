using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace EventStore.EF;

/// <summary>Names the class that contributes an assembly's events to the catalog. Written by the generator.</summary>
/// <param name="partType">A class derived from <see cref="EventCatalogPart"/> with a public parameterless constructor.</param>
[AttributeUsage(AttributeTargets.Assembly)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class EventCatalogAttribute(
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] Type partType) : Attribute
{
    /// <summary>A class derived from <see cref="EventCatalogPart"/> with a public parameterless constructor.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    public Type PartType { get; } = partType;

    internal static IEnumerable<EventCatalogPart> PartsOf(Assembly assembly)
        => assembly.GetCustomAttribute<EventCatalogAttribute>() is { } attribute
            ? [(EventCatalogPart)Activator.CreateInstance(attribute.PartType)!]
            : [];
}
