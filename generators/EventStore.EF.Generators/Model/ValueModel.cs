namespace EventStore.EF.Generators.Model;

/// <summary>The way straight-line code writes a value.</summary>
internal enum ValueKind
{
    /// <summary><c>WriteNumber</c>.</summary>
    Number,

    /// <summary><c>WriteBoolean</c>.</summary>
    Boolean,

    /// <summary>A type with an overload of <c>WriteString</c>: string, Guid, DateTime, DateTimeOffset.</summary>
    Text,

    /// <summary>A char, written as a string of one character.</summary>
    Char,

    /// <summary>A byte array, written as base 64.</summary>
    Base64,

    /// <summary>Through the converter of <c>JsonMetadataServices</c> named in <see cref="ValueModel.Detail"/>.</summary>
    Converter,

    /// <summary>An enum, written as a number; <see cref="ValueModel.Detail"/> is the underlying type.</summary>
    Enum,

    /// <summary>An enum, written as a name in <see cref="ValueModel.Names"/>; <see cref="ValueModel.Detail"/> is its type.</summary>
    EnumName,

    /// <summary>A <c>Nullable&lt;T&gt;</c> of <see cref="ValueModel.Inner"/>.</summary>
    Nullable,

    /// <summary>Through the generated class whose id is <see cref="ValueModel.Detail"/>.</summary>
    Shape,

    /// <summary>Through metadata, for <c>object</c> and types with a user's converter.</summary>
    Metadata,
}

/// <summary>The type of a value, and the way it is written.</summary>
internal sealed record ValueModel(string Type, ValueKind Kind, string Detail = "", ValueModel? Inner = null)
{
    /// <summary>The JSON names of an enum's values.</summary>
    public EquatableArray<EnumNameModel> Names { get; init; }

    /// <summary>The underlying value of a <c>Nullable&lt;T&gt;</c>, otherwise this one.</summary>
    public ValueModel Present => Inner ?? this;
}

/// <summary>A value of an enum that is stored by name.</summary>
/// <param name="Number">The value as an expression of the underlying type.</param>
/// <param name="Name">Its name in JSON.</param>
internal sealed record EnumNameModel(string Number, string Name);
