namespace EventStore.EF.Generators.Model;

/// <summary>A class of handlers.</summary>
/// <param name="Type">The class.</param>
/// <param name="Handled">The types it handles, most derived first.</param>
internal sealed record SubscriberModel(TypeName Type, EquatableArray<string> Handled);
