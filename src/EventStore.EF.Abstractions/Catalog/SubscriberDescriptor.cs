using System.ComponentModel;

namespace EventStore.EF;

/// <summary>Dispatches an event to the handler of its type.</summary>
/// <param name="subscriber">The object that implements <see cref="ISubscriber{TEvent}"/>.</param>
/// <param name="data">The event.</param>
/// <param name="context">The event's context.</param>
/// <param name="cancellationToken">Cancels the handling.</param>
public delegate ValueTask EventDispatch(object subscriber, object data, EventContext context, CancellationToken cancellationToken);

/// <summary>Describes a handler class to the store: the events it handles, and how they are dispatched.</summary>
public sealed class SubscriberDescriptor
{
    /// <summary>Describes a handler class; generated code calls this.</summary>
    /// <param name="clrType">The class that implements <see cref="ISubscriber{TEvent}"/>.</param>
    /// <param name="handledTypes">The types named by its <see cref="ISubscriber{TEvent}"/> interfaces.</param>
    /// <param name="dispatch">Dispatches an event to the handler of its type.</param>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    public SubscriberDescriptor(Type clrType, IReadOnlyList<Type> handledTypes, EventDispatch dispatch)
    {
        ArgumentNullException.ThrowIfNull(clrType);
        ArgumentNullException.ThrowIfNull(handledTypes);
        ArgumentNullException.ThrowIfNull(dispatch);
        ClrType = clrType;
        HandledTypes = handledTypes;
        Dispatch = dispatch;
    }

    /// <summary>The class that implements <see cref="ISubscriber{TEvent}"/>.</summary>
    public Type ClrType { get; }

    /// <summary>The types named by its <see cref="ISubscriber{TEvent}"/> interfaces.</summary>
    public IReadOnlyList<Type> HandledTypes { get; }

    /// <summary>Dispatches an event to the handler of its type.</summary>
    public EventDispatch Dispatch { get; }
}
