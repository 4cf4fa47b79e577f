namespace ChatServer.Tests.Fuzz;

/// <summary>What the planted decoder does wrong when it is reached.</summary>
public enum PlantedFault
{
    /// <summary>An exception that no decoder may let out.</summary>
    Escapes,

    /// <summary>Memory by a declared length.</summary>
    Allocates,

    /// <summary>Time by a declared count.</summary>
    Lingers,

    /// <summary>What it read is written otherwise.</summary>
    Differs,
}
