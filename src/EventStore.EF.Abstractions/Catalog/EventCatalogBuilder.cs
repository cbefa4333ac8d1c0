using System.ComponentModel;

namespace EventStore.EF;

/// <summary>Collects the contributions to a catalog. Generated code calls this.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class EventCatalogBuilder
{
    private readonly EventCatalog _catalog;
    private readonly HashSet<Type> _parts = [];

    internal EventCatalogBuilder(EventCatalog catalog) => _catalog = catalog;

    /// <summary>
    /// Adds everything that one assembly contributes. The same contribution twice counts once, so that each assembly is visited once,
    /// however often the others reference it.
    /// </summary>
    public void Add(EventCatalogPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        if (_parts.Add(part.GetType()))
            part.Contribute(this);
    }

    /// <summary>Adds an event type; the same type twice counts once.</summary>
    /// <exception cref="ArgumentException">Another type has the same stored name and version.</exception>
    public void Add(EventDescriptor descriptor) => _catalog.Add(descriptor);

    /// <summary>Adds a subscriber class; the same class twice counts once.</summary>
    public void Add(SubscriberDescriptor descriptor) => _catalog.Add(descriptor);

    /// <summary>Adds a state; the same type twice counts once.</summary>
    /// <exception cref="ArgumentException">Another state stores its snapshots under the same name.</exception>
    public void Add(StateDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        _catalog.Add(descriptor);
    }

    /// <summary>Adds an upcaster; generated code calls this.</summary>
    /// <exception cref="ArgumentException">Another upcaster reads the same type.</exception>
    public void Add(UpcasterDescriptor upcaster)
    {
        ArgumentNullException.ThrowIfNull(upcaster);
        _catalog.Upcasters.Add(upcaster);
    }

    /// <summary>Adds an upcaster of JSON; generated code calls this.</summary>
    /// <exception cref="ArgumentException">Another upcaster reads the same name and version.</exception>
    public void Add(JsonUpcasterDescriptor upcaster)
    {
        ArgumentNullException.ThrowIfNull(upcaster);
        _catalog.Upcasters.Add(upcaster);
    }
}
