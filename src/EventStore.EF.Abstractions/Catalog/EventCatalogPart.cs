using System.ComponentModel;

namespace EventStore.EF;

/// <summary>The contribution of one assembly to the catalog. The generator derives from this class; applications don't.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class EventCatalogPart
{
    /// <summary>Adds the assembly's event types and subscriber classes, and those of the assemblies it references.</summary>
    public abstract void Contribute(EventCatalogBuilder builder);
}
