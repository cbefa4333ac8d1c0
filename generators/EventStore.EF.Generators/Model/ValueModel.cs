namespace EventStore.EF.Generators.Model;

/// <summary>How a value of a type is written in a straight line.</summary>
internal enum ValueKind
{
    /// <summary><c>WriteNumber</c>.</summary>
    Number,

    /// <summary><c>WriteBoolean</c>.</summary>
    Boolean,

    /// <summary><c>WriteString</c> has an overload for it: string, Guid, DateTime, DateTimeOffset.</summary>
    Text,

    /// <summary>A char, written as a string of one.</summary>
    Char,

    /// <summary>A byte array, written as base 64.</summary>
    Base64,

    /// <summary>By the converter of <c>JsonMetadataServices</c> that <see cref="ValueModel.Detail"/> names.</summary>
    Converter,

    /// <summary>An enum as its number; <see cref="ValueModel.Detail"/> is the underlying type.</summary>
    Enum,

    /// <summary>An enum as one of <see cref="ValueModel.Names"/>; <see cref="ValueModel.Detail"/> is the underlying type.</summary>
    EnumName,

    /// <summary>A <c>Nullable&lt;T&gt;</c> of <see cref="ValueModel.Inner"/>.</summary>
    Nullable,

    /// <summary>By the generated class whose id is <see cref="ValueModel.Detail"/>.</summary>
    Shape,

    /// <summary>By metadata: the type has a converter of the user's.</summary>
    Metadata,
}

/// <summary>A type of value and how it is written.</summary>
internal sealed record ValueModel(string Type, ValueKind Kind, string Detail = "", ValueModel? Inner = null)
{
    /// <summary>What an enum's values are called in JSON.</summary>
    public EquatableArray<EnumNameModel> Names { get; init; }

    /// <summary>The same, without the question mark of a <c>Nullable&lt;T&gt;</c>.</summary>
    public ValueModel Present => Inner ?? this;
}

/// <summary>A value of an enum that is stored by name.</summary>
/// <param name="Number">The value as an expression of the underlying type.</param>
/// <param name="Name">What it is called in JSON.</param>
internal sealed record EnumNameModel(string Number, string Name);
