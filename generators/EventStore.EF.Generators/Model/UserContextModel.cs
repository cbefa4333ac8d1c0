namespace EventStore.EF.Generators.Model;

/// <summary>A <c>JsonSerializerContext</c> of the user's.</summary>
/// <param name="Type">The context.</param>
/// <param name="Types">The types that its <c>[JsonSerializable]</c> attributes name.</param>
internal sealed record UserContextModel(string Type, EquatableArray<string> Types);
