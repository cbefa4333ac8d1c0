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

    /// <summary>A <c>Nullable&lt;T&gt;</c> of <see cref="ValueModel.Inner"/>.</summary>
    Nullable,

    /// <summary>By the generated class whose id is <see cref="ValueModel.Detail"/>.</summary>
    Shape,

    /// <summary>By metadata: the type has a converter of the user's.</summary>
    Metadata,
}

/// <summary>A type of value and how it is written.</summary>
internal sealed record ValueModel(string Type, ValueKind Kind, string Detail = "", ValueModel? Inner = null);
