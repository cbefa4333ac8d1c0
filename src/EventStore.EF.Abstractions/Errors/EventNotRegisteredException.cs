namespace EventStore.EF;

/// <summary>The object to be appended is of a type that the store doesn't know as an event. Nothing was written.</summary>
public sealed class EventNotRegisteredException : EventStoreException
{
    internal EventNotRegisteredException(Type clrType)
        : base(
            $"{clrType} is not a registered event. Mark it [Event] in a project that references EventStore.EF.Abstractions, whose " +
            "generator registers it, and reference that project from the application. If it is loaded as a plug-in, " +
            "call AddEventsFrom(assembly). Nothing was written.")
        => ClrType = clrType;

    /// <summary>The type of the object.</summary>
    public Type ClrType { get; }
}
