package wage
